import type { FunctionComponent } from "preact";
import { ChartIcon, ListIcon, LogIcon, OperatorIcon, PlusIcon, ReportIcon } from "../parts/icons";
import { useApp } from "../state/app";
import { texts } from "../texts";
import { hrefOf, PAGES, type PageName } from "./routes";

const ICONS: Record<PageName, FunctionComponent> = {
  overview: ChartIcon,
  tasks: ListIcon,
  new: PlusIcon,
  logs: LogIcon,
  reports: ReportIcon,
  operators: OperatorIcon,
};

/** The pages that the caller may see: beside them on wide screens, below on a phone. */
export function Nav() {
  const { router, roles } = useApp();
  const current = router.route.value.page;
  const pages = PAGES.filter((page) => page !== "operators" || roles.value?.includes("operator"));
  return (
    <nav class="nav" aria-label={texts.navigation}>
      <ul>
        {pages.map((page) => {
          const Icon = ICONS[page];
          return (
            <li key={page}>
              <a href={hrefOf(page)} aria-current={page === current ? "page" : undefined}>
                <Icon />
                <span>{texts.pages[page]}</span>
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
