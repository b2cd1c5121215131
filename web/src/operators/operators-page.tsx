import { useEffect, useMemo } from "preact/hooks";
import { useApp } from "../state/app";
import { texts } from "../texts";
import { BroadcastForm } from "./broadcast-form";
import { FailureList } from "./failure-list";
import { createFailures } from "./failures";

/** Only with the group `operator`; the server asks for it at each step too. */
export function OperatorsPage() {
  const { client } = useApp();
  const failures = useMemo(() => createFailures(client), []);
  useEffect(() => failures.close, []);
  return (
    <>
      <div class="page-head">
        <h1>{texts.operators.title}</h1>
        <p class="muted">{texts.operators.lead}</p>
      </div>
      <div class="beside">
        <FailureList failures={failures} />
        <BroadcastForm />
      </div>
    </>
  );
}
