import { moment } from "../format";
import { CloseIcon } from "../parts/icons";
import { useApp } from "../state/app";
import { texts } from "../texts";
import { broadcastText } from "./broadcasts";

/** Messages of the operators to everybody, wherever one is. */
export function BroadcastBanner() {
  const { broadcasts } = useApp();
  return (
    <div role="status" class="banners">
      {broadcasts.messages.value.map(({ id, message, at }) => (
        <div key={id} class="banner">
          <p>
            <strong>{texts.broadcast.from}</strong>
            {at && <time dateTime={at}> {moment(at, Date.now())}</time>}: {broadcastText(message)}
          </p>
          <button
            type="button"
            class="button icon-only bare"
            aria-label={texts.broadcast.dismiss}
            onClick={() => broadcasts.dismiss(id)}
          >
            <CloseIcon />
          </button>
        </div>
      ))}
    </div>
  );
}
