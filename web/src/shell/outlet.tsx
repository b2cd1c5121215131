import { useEffect, useRef } from "preact/hooks";
import { useApp } from "../state/app";
import { texts } from "../texts";
import { Boundary } from "./boundary";
import { pages } from "./pages";
import { hrefOf, type PageName } from "./routes";

/** The page that the address names. Whoever comes to another page is taken to its beginning. */
export function Outlet() {
  const { router, roles } = useApp();
  const { page } = router.route.value;
  const before = useRef(page);

  useEffect(() => {
    document.title = page ? texts.titleOf(texts.pages[page]) : texts.brand;
    if (before.current === page) return;
    before.current = page;
    scrollTo(0, 0);
    document.getElementById("main")?.focus({ preventScroll: true });
  }, [page]);

  if (page === null) return <Dead />;
  if (page === "operators" && !roles.value?.includes("operator")) {
    return roles.value === null ? null : <Forbidden />;
  }
  return <Found page={page} />;
}

function Found({ page }: { page: PageName }) {
  const { Page } = pages[page];
  return (
    <Boundary key={page}>
      <Page />
    </Boundary>
  );
}

function Dead() {
  return (
    <section class="card pad">
      <h1>{texts.notFound.title}</h1>
      <p class="muted">{texts.notFound.lead}</p>
      <p>
        <a href={hrefOf("overview")}>{texts.notFound.back}</a>
      </p>
    </section>
  );
}

function Forbidden() {
  return (
    <section class="card pad">
      <h1>{texts.forbidden.title}</h1>
      <p class="muted">{texts.forbidden.lead}</p>
    </section>
  );
}
