import { computed } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { LogPage, LogQuery } from "../api/logs";
import { Empty } from "../parts/empty";
import { RefreshIcon } from "../parts/icons";
import { MoreButton } from "../parts/more-button";
import { Notice } from "../parts/notice";
import { useApp } from "../state/app";
import { clock } from "../state/ports";
import { texts } from "../texts";
import { LogFilter } from "./log-filter";
import { LogRow } from "./log-row";
import { createLogs, type Logs, readQuery } from "./logs-state";

const words = texts.logs;

export function LogsPage() {
  const { client, pulse, router } = useApp();
  const query = useMemo(() => computed(() => readQuery(router.route.value.query)), []);
  const logs = useMemo(() => createLogs({ client, pulse, clock }, query), []);
  useEffect(() => logs.close, []);
  const change = (part: Partial<LogQuery>) =>
    router.replace("logs", null, { ...query.peek(), ...part });
  const page = logs.page.value;

  return (
    <>
      <div class="page-head">
        <h1>{words.title}</h1>
        <Follow logs={logs} />
      </div>
      {logs.following.value && (
        <p class="hint" id="follow-hint">
          {words.following}
        </p>
      )}
      <LogFilter query={query.value} onChange={change} />
      {logs.error.value && (
        <Notice message={logs.error.value} onRetry={() => void logs.refresh()} />
      )}
      <section class="card logs" aria-label={words.list} aria-busy={logs.busy.value}>
        {!page && !logs.error.value && <p class="muted pad">{words.loading}</p>}
        {page && <Lines page={page} wanted={query.value.text} />}
        {page?.nextCursor && (
          <MoreButton label={words.more} busyLabel={words.moreBusy} onMore={logs.more} />
        )}
      </section>
    </>
  );
}

function Lines({ page, wanted }: { page: LogPage; wanted: string }) {
  if (page.lines.length === 0) {
    return (
      <Empty title={words.emptyTitle} lead={page.nextCursor ? words.lookedFar : words.empty} />
    );
  }
  return (
    <ul class="log-lines">
      {page.lines.map((line) => (
        <LogRow key={line.id} line={line} wanted={wanted} />
      ))}
    </ul>
  );
}

/** Says what following is here: the truth about it, where the choice is made. */
function Follow({ logs }: { logs: Logs }) {
  return (
    <div class="button-row">
      <span class="unseen" role="status">
        {logs.fresh.value > 0 ? words.fresh(logs.fresh.value) : ""}
      </span>
      <label class="check" title={words.following}>
        <input
          type="checkbox"
          name="follow"
          checked={logs.following.value}
          aria-describedby="follow-hint"
          onChange={(event) => {
            logs.following.value = event.currentTarget.checked;
          }}
        />
        {words.follow}
      </label>
      <button
        type="button"
        class={logs.busy.value ? "button small busy" : "button small"}
        onClick={() => void logs.refresh()}
      >
        <RefreshIcon />
        {words.refresh}
      </button>
    </div>
  );
}
