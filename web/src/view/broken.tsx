import { texts } from "../texts";
import { Notice } from "./notice";

/** Without its settings the page can do nothing but say so. */
export function Broken({ detail }: { detail: string }) {
  return (
    <main class="gate">
      <div class="gate-card">
        <h1>{texts.broken.title}</h1>
        <Notice message={{ title: texts.broken.lead, detail, code: "no_config" }} />
      </div>
    </main>
  );
}
