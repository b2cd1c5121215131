import { signal } from "@preact/signals";
import type { BroadcastFrame, PageClient as Client } from "../../client/page";

/** What the operators have said, oldest first, until it is dismissed. */
export function createBroadcasts(client: Pick<Client, "onBroadcast">) {
  const messages = signal<readonly BroadcastFrame[]>([]);
  client.onBroadcast((frame) => {
    messages.value = [...messages.value, frame];
  });

  function dismiss(id: string): void {
    messages.value = messages.value.filter((one) => one.id !== id);
  }

  return { messages, dismiss };
}

export type Broadcasts = ReturnType<typeof createBroadcasts>;

/** Operators may send any JSON: its `text`, a bare text, or what it looks like. */
export function broadcastText(message: unknown): string {
  if (typeof message === "string") return message;
  const text = (message as { text?: unknown } | null)?.text;
  return typeof text === "string" ? text : JSON.stringify(message);
}
