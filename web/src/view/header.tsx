import { useApp } from "../state/app";
import { texts } from "../texts";
import { ConnectionBadge } from "./connection-badge";
import { Mark } from "./icons";

export function Header() {
  const { client, session } = useApp();
  return (
    <header class="header">
      <div class="bar">
        <div class="brand">
          <Mark />
          <span>{texts.brand}</span>
        </div>
        <ConnectionBadge />
        <span class="user" title={`${texts.header.signedInAs} ${session.value.username}`}>
          <span class="unseen">{texts.header.signedInAs} </span>
          {session.value.username}
        </span>
        <button type="button" class="button small" onClick={() => void client.session.signOut()}>
          {texts.header.signOut}
        </button>
      </div>
    </header>
  );
}
