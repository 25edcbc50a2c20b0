// The steps of the open project in the order they came, grouped by the command they belong to. The newest for whoever
// follows; whoever reads back gets the log page by page, and comes back to the newest with one click. So does whoever
// has asked for some of it, by a filter or for a step.

import { html } from "../lib.js";
import { loadEarlier, loadLater, setReading } from "../actions.js";
import { useFollow } from "../follow.js";
import { loadMore, toNewest } from "../lookup.js";
import { useMarks } from "../marks.js";
import { useSpan } from "../span.js";
import { lineHolds } from "../step.js";
import { held, level as levelShown, view } from "../store.js";
import { countAfter } from "../timeline.js";
import { ActivityStep } from "./activity-step.js";
import { CommandGroup } from "./command-group.js";
import { More } from "./more.js";
import { NewBelow } from "./new-below.js";

export function StepList() {
  const { timeline, hasEarlier } = held.value;
  const { executions, cursor, past, isReading, timeline: tail, lens, search, target: asked } = view.value;
  const level = levelShown.value;
  const target = asked?.problem ? null : asked;
  const isAway = lens ? lens.hasLater : past !== null;
  const follow = useFollow(cursor, (seq) => countAfter(lens ? timeline : tail, level, seq), { isEnd: !isAway, onChange: (isFollowing) => setReading(!isFollowing) });
  useMarks(follow.box, search?.q ?? "", target?.at);
  const aimAt = (/** @type {import("../timeline.js").Entry} */ entry) => lineHolds(entry, target?.seq) ? target : null;
  const shown = timeline.entries.filter((entry) => entry.type === "command" || entry.step.level <= level || aimAt(entry));
  const newest = shown.findLast((entry) => entry.type === "command");
  const { drawn, before, more } = useSpan(shown, isReading, target ? shown.findIndex(aimAt) : -1);
  return html`
    <div class="scroll-frame">
      <div class="pane-body activity-scroll" ref=${follow.box} onScroll=${follow.onScroll} tabindex="0" role="region" aria-label="Steps" data-testid="activity">
        ${(before > 0 || hasEarlier) && html`<${More} words="Load earlier steps" load=${before > 0 ? more : lens ? () => loadMore("earlier") : loadEarlier} isAuto=${isReading} />`}
        <ol class="timeline">
          ${drawn.map((entry) => entry.type === "command"
            ? html`<${CommandGroup} key=${entry.key} entry=${entry} execution=${executions[entry.executionId]} level=${level}
                isNewest=${entry === newest || lens !== null} isLast=${entry === newest && lens === null && past === null} isReading=${isReading} isPast=${past !== null || lens !== null} target=${aimAt(entry)} onOpen=${follow.hold} />`
            : html`<${ActivityStep} key=${entry.key} step=${entry.step} level=${level} target=${aimAt(entry)} onOpen=${follow.hold} />`)}
        </ol>
        ${isAway && html`<${More} words="Load later steps" load=${lens ? () => loadMore("later") : loadLater} isAuto isAfter />`}
      </div>
      <${NewBelow} count=${follow.missed} what="step" isAway=${isAway} onClick=${lens && isAway ? toNewest : follow.toEnd} />
    </div>`;
}
