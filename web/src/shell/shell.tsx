import { useEffect } from "preact/hooks";
import { SignIn } from "../sign-in/sign-in";
import { useApp } from "../state/app";
import { texts } from "../texts";
import { BroadcastBanner } from "./broadcast-banner";
import { Header } from "./header";
import { Nav } from "./nav";
import { Outlet } from "./outlet";
import { preloadPages } from "./pages";

export function Shell() {
  const { session } = useApp();
  return session.value.status === "signed-in" ? <SignedIn /> : <SignIn />;
}

function SignedIn() {
  const { tasks, router } = useApp();
  const { page, id } = router.route.value;
  const skip = () => document.getElementById("main")?.focus();
  useEffect(() => whenIdle(() => void preloadPages()), []);
  return (
    <div class={page === "tasks" && id !== null ? "shell with-drawer" : "shell"}>
      <button type="button" class="skip button" onClick={skip}>
        {texts.skip}
      </button>
      <Header />
      <Nav />
      <main id="main" class="page" tabIndex={-1}>
        <BroadcastBanner />
        <Outlet />
      </main>
      <p class="unseen" aria-live="polite">
        {tasks.announcement}
      </p>
    </div>
  );
}

/** Safari has no idle callback: there a moment after. */
function whenIdle(run: () => void): () => void {
  if (typeof requestIdleCallback === "undefined") {
    const timer = setTimeout(run, 500);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(run, { timeout: 3_000 });
  return () => cancelIdleCallback(handle);
}
