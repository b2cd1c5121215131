import { Mark } from "../parts/icons";
import { useApp } from "../state/app";
import { texts } from "../texts";
import { ConnectionBadge } from "./connection-badge";
import { hrefOf } from "./routes";
import { ThemeSwitch } from "./theme-switch";

export function Header() {
  const { client, session } = useApp();
  return (
    <header class="header">
      <a class="brand" href={hrefOf("overview")} aria-label={texts.brand}>
        <Mark />
        <span>{texts.brand}</span>
      </a>
      <ConnectionBadge />
      <span class="user" title={`${texts.header.signedInAs} ${session.value.username}`}>
        <span class="unseen">{texts.header.signedInAs} </span>
        {session.value.username}
      </span>
      <ThemeSwitch />
      <button type="button" class="button small" onClick={() => void client.session.signOut()}>
        {texts.header.signOut}
      </button>
    </header>
  );
}
