import type { ComponentChildren } from "preact";
import { fullMoment, moment } from "../format";

/** A line of a description list. */
export function Fact({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A moment, short; the whole of it on hover and for machines. */
export function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={fullMoment(at)}>
      {moment(at, Date.now())}
    </time>
  );
}
