import { useApp } from "../state/app";
import { texts } from "../texts";
import { Figures } from "./figures";
import { Header } from "./header";
import { NewTask } from "./new-task";
import { SignIn } from "./sign-in";
import { TaskDrawer } from "./task-drawer";
import { TaskList } from "./task-list";

export function Page() {
  const { session } = useApp();
  return session.value.status === "signed-in" ? <Dashboard /> : <SignIn />;
}

function Dashboard() {
  const { selection, tasks } = useApp();
  const skip = () => document.getElementById("main")?.focus();
  return (
    <div class={selection.id.value === null ? "shell" : "shell with-drawer"}>
      <button type="button" class="skip button" onClick={skip}>
        {texts.skip}
      </button>
      <Header />
      <main id="main" class="page" tabIndex={-1}>
        <Figures />
        <div class="workspace">
          <NewTask />
          <TaskList />
        </div>
      </main>
      <TaskDrawer />
      <p class="unseen" aria-live="polite">
        {tasks.announcement}
      </p>
    </div>
  );
}
