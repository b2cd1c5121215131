import { computed } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { LogQuery } from "../api/logs";
import { Empty } from "../parts/empty";
import { RefreshIcon } from "../parts/icons";
import { MoreButton } from "../parts/more-button";
import { Notice } from "../parts/notice";
import { useApp } from "../state/app";
import { clock } from "../state/ports";
import { texts } from "../texts";
import { LogFilter } from "./log-filter";
import { LogRow } from "./log-row";
import { createLogs, type Logs, readQuery, type ShownPage } from "./logs-state";
import { createReader } from "./reader";

const words = texts.logs;

export function LogsPage() {
  const { client, pulse, router } = useApp();
  const query = useMemo(() => computed(() => readQuery(router.route.value.query)), []);
  const logs = useMemo(() => createLogs({ client, pulse, clock }, query), []);
  useEffect(() => logs.close, []);
  const reader = useMemo(() => createReader(logs.tail.pause), []);
  useEffect(() => reader.watch(), []);
  const change = (part: Partial<LogQuery>) =>
    router.replace("logs", null, { ...query.peek(), ...part });
  const page = logs.page.value;

  return (
    <>
      <div class="page-head">
        <h1>{words.title}</h1>
        <Live logs={logs} />
      </div>
      {logs.live.value && (
        <p class="hint" id="live-hint">
          {hintOf(logs, query.value)}
        </p>
      )}
      <LogFilter query={query.value} onChange={change} />
      {logs.error.value && (
        <Notice message={logs.error.value} onRetry={() => void logs.refresh()} />
      )}
      {logs.tail.leftOut.value > 0 && (
        <p class="hint-box" data-left-out={logs.tail.leftOut.value}>
          {words.leftOut(logs.tail.leftOut.value)}
        </p>
      )}
      <section
        class="card logs"
        aria-label={words.list}
        aria-busy={logs.busy.value}
        aria-live="off"
        onFocusIn={() => reader.focus(true)}
        onFocusOut={() => reader.focus(false)}
      >
        {logs.tail.held.value > 0 && (
          <button type="button" class="button small primary held" onClick={reader.done}>
            {words.held(logs.tail.held.value)}
          </button>
        )}
        {!page && !logs.error.value && <p class="muted pad">{words.loading}</p>}
        {page && <Lines page={page} wanted={query.value.text} />}
        {page?.nextCursor && (
          <MoreButton label={words.more} busyLabel={words.moreBusy} onMore={logs.more} />
        )}
        {page?.cut && <p class="muted pad">{words.cut(page.lines.length)}</p>}
      </section>
    </>
  );
}

/** The truth about what comes by itself, where the choice is made. */
function hintOf(logs: Logs, query: LogQuery): string {
  if (query.type === "request") return words.following;
  return logs.streams.value ? words.streaming : words.ended;
}

function Lines({ page, wanted }: { page: ShownPage; wanted: string }) {
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

function Live({ logs }: { logs: Logs }) {
  return (
    <div class="button-row">
      <span class="unseen" role="status">
        {logs.fresh.value > 0 ? words.fresh(logs.fresh.value) : ""}
      </span>
      <label class="check">
        <input
          type="checkbox"
          name="live"
          checked={logs.live.value}
          aria-describedby={logs.live.value ? "live-hint" : undefined}
          onChange={(event) => {
            logs.live.value = event.currentTarget.checked;
          }}
        />
        {words.live}
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
