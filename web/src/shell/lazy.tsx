import { signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import { Notice } from "../parts/notice";
import { texts } from "../texts";

export interface Lazy {
  Page: FunctionComponent;
  /** Loads it ahead of its use; a failure shows when it is used. */
  preload: () => Promise<void>;
}

/** A page that comes in a file of its own. */
export function lazy(load: () => Promise<FunctionComponent>): Lazy {
  const found = signal<FunctionComponent | null>(null);
  const failed = signal(false);

  const preload = async () => {
    if (found.value) return;
    failed.value = false;
    try {
      const Page = await load();
      // A signal that holds a function takes it as it is.
      found.value = Page;
    } catch {
      failed.value = true;
    }
  };

  function Page() {
    useEffect(() => void preload(), []);
    const Found = found.value;
    if (Found) return <Found />;
    if (!failed.value) return <p class="muted pad">{texts.lazy.loading}</p>;
    const message = { title: texts.lazy.failed, detail: null, code: "page_not_loaded" };
    return <Notice message={message} onRetry={() => void preload()} />;
  }

  return { Page, preload };
}
