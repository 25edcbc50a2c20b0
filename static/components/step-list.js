// The steps of the open project in the order they came, grouped by the command they belong to. The newest for whoever
// follows; whoever reads back gets the log page by page, and comes back to the newest with one click.

import { html } from "../lib.js";
import { loadEarlier, loadLater, setReading } from "../actions.js";
import { useFollow } from "../follow.js";
import { useSpan } from "../span.js";
import { held, verbosity, view } from "../store.js";
import { countAfter } from "../timeline.js";
import { ActivityStep } from "./activity-step.js";
import { CommandGroup } from "./command-group.js";
import { More } from "./more.js";
import { NewBelow } from "./new-below.js";

export function StepList() {
  const { timeline, hasEarlier } = held.value;
  const { executions, cursor, past, isReading, timeline: tail } = view.value;
  const level = verbosity.value;
  const follow = useFollow(cursor, (seq) => countAfter(tail, level, seq), { isEnd: past === null, onChange: (isFollowing) => setReading(!isFollowing) });
  const shown = timeline.entries.filter((entry) => entry.type === "command" || entry.step.level <= level);
  const newest = shown.findLast((entry) => entry.type === "command");
  const { drawn, before, more } = useSpan(shown, isReading);
  return html`
    <div class="scroll-frame">
      <div class="pane-body activity-scroll" ref=${follow.box} onScroll=${follow.onScroll} tabindex="0" role="region" aria-label="Steps" data-testid="activity">
        ${(before > 0 || hasEarlier) && html`<${More} words="Load earlier steps" load=${before > 0 ? more : loadEarlier} isAuto=${isReading} />`}
        <ol class="timeline">
          ${drawn.map((entry) => entry.type === "command"
            ? html`<${CommandGroup} key=${entry.key} entry=${entry} execution=${executions[entry.executionId]} level=${level}
                isNewest=${entry === newest} isReading=${isReading} isPast=${past !== null} onOpen=${follow.hold} />`
            : html`<${ActivityStep} key=${entry.key} step=${entry.step} level=${level} onOpen=${follow.hold} />`)}
        </ol>
        ${past && html`<${More} words="Load later steps" load=${loadLater} isAuto isAfter />`}
      </div>
      <${NewBelow} count=${follow.missed} what="step" isAway=${past !== null} onClick=${follow.toEnd} />
    </div>`;
}
