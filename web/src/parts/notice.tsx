import type { Message } from "../message";
import { texts } from "../texts";

interface Props {
  message: Message;
  onRetry?: () => void;
}

/** An error in words, with the code that support will ask for. */
export function Notice({ message, onRetry }: Props) {
  return (
    <div class="notice" role="alert">
      <p class="notice-title">{message.title}</p>
      {message.detail && <p>{message.detail}</p>}
      {message.fields && (
        <ul class="notice-fields">
          {message.fields.map(({ field, message: text }) => (
            <li key={field}>
              <code>{field}</code> {text}
            </li>
          ))}
        </ul>
      )}
      <p class="notice-code">{texts.code(message.code)}</p>
      {onRetry && (
        <button type="button" class="button small" onClick={onRetry}>
          {texts.retry}
        </button>
      )}
    </div>
  );
}
