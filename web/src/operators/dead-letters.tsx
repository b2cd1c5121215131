import { Empty } from "../parts/empty";
import { Notice } from "../parts/notice";
import { Segments } from "../parts/segments";
import { texts } from "../texts";
import { Confirm } from "./confirm";
import { DeadGroupView } from "./dead-group";
import { DEAD_QUEUES, type DeadLettersState, type DeadQueue } from "./dead-letters-state";

const words = texts.operators.dead;

/** What nobody could handle, and why; and its way back. */
export function DeadLettersCard({ letters }: { letters: DeadLettersState }) {
  const found = letters.value.value;
  const outcome = letters.outcome.value;
  const wish = letters.wish.value;
  return (
    <section class="card" aria-labelledby="dead-title" aria-busy={letters.busy.value}>
      <div class="section-head pad">
        <h2 id="dead-title">{words.title}</h2>
        <span class="count">{found ? words.count(found.lookedAt) : ""}</span>
        <Segments<DeadQueue>
          legend={words.queue}
          name="dead-queue"
          options={DEAD_QUEUES}
          names={words.queues}
          value={letters.queue.value}
          onChange={letters.choose}
        />
        {found && found.lookedAt > 0 && (
          <button
            type="button"
            class="button small"
            onClick={() => {
              letters.wish.value = { group: null, count: found.lookedAt };
            }}
          >
            {words.redriveAll}
          </button>
        )}
      </div>
      {letters.error.value && (
        <div class="pad">
          <Notice message={letters.error.value} onRetry={() => void letters.look()} />
        </div>
      )}
      {wish && (
        <Confirm
          key={wish.group?.reason ?? ""}
          question={words.question(
            wish.group ? wish.count : null,
            words.queues[letters.queue.value],
          )}
          lead={words.consequence[letters.queue.value]}
          busy={letters.sending.value}
          onYes={() => void letters.send()}
          onNo={() => {
            letters.wish.value = null;
          }}
        />
      )}
      {letters.failure.value && (
        <div class="pad">
          <Notice message={letters.failure.value} />
        </div>
      )}
      <p class={outcome ? "hint pad" : "unseen"} role="status">
        {outcome && words.outcome(outcome)}
      </p>
      {found?.lookedAt === 0 && <Empty title={words.emptyTitle} lead={words.empty} />}
      {found?.groups.map((group) => (
        <DeadGroupView
          key={`${group.reason} ${group.kind}`}
          group={group}
          onRedrive={() => {
            letters.wish.value = { group, count: group.count };
          }}
        />
      ))}
    </section>
  );
}
