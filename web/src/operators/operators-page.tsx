import { useEffect, useMemo } from "preact/hooks";
import { Moment } from "../parts/fact";
import { RefreshIcon } from "../parts/icons";
import { Notice } from "../parts/notice";
import { useApp } from "../state/app";
import { clock } from "../state/ports";
import { texts } from "../texts";
import { BroadcastForm } from "./broadcast-form";
import { ConnectionsCard } from "./connections-card";
import { createConnections } from "./connections-state";
import { DeadLettersCard } from "./dead-letters";
import { createDeadLetters } from "./dead-letters-state";
import { FailureList } from "./failure-list";
import { createFailures } from "./failures";
import { PoolCard } from "./pool-card";
import { QueueTable } from "./queue-table";
import { createSystem, type SystemState } from "./system-state";

/** Only with the group `operator`; the server asks for it at each step too. */
export function OperatorsPage() {
  const { client } = useApp();
  const all = useMemo(() => {
    const system = createSystem({ client, clock });
    const changed = () => void system.refresh();
    return {
      system,
      failures: createFailures(client),
      letters: createDeadLetters({ client, system: system.value, changed }),
      connections: createConnections({ client, system: system.value }),
    };
  }, []);
  useEffect(
    () => () => {
      for (const one of Object.values(all)) one.close();
    },
    [],
  );
  const { system, failures, letters, connections } = all;
  return (
    <>
      <div class="page-head">
        <h1>{texts.operators.title}</h1>
        <p class="muted">{texts.operators.lead}</p>
        <AsOf system={system} />
      </div>
      {system.error.value && (
        <Notice message={system.error.value} onRetry={() => void system.refresh()} />
      )}
      <div class="beside">
        <div class="stack">
          <QueueTable system={system.value.value} />
          <DeadLettersCard letters={letters} />
          <FailureList failures={failures} />
        </div>
        <div class="stack">
          <ConnectionsCard connections={connections} />
          <PoolCard system={system.value.value} />
          <BroadcastForm />
        </div>
      </div>
    </>
  );
}

function AsOf({ system }: { system: SystemState }) {
  const at = system.value.value?.at;
  return (
    <div class="button-row">
      {at && (
        <span class="muted">
          {texts.operators.asOf} <Moment at={at} />
        </span>
      )}
      <button
        type="button"
        class={system.busy.value ? "button small busy" : "button small"}
        onClick={() => void system.refresh()}
      >
        <RefreshIcon />
        {texts.operators.refresh}
      </button>
    </div>
  );
}
