import { Notice } from "../parts/notice";
import { texts } from "../texts";

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
