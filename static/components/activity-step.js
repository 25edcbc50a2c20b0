// One step, one line: what was done, in words, and what came of it. Its raw input and result are one click away.

import { html, memo, useState } from "../lib.js";
import { count, elapsed, toMs } from "../format.js";
import { changeOf, deedOf, isBad, isProse, isUnderWay, isWritten, outcomeOf, placesOf, rawParts } from "../step-words.js";
import { now } from "../store.js";
import { useOpen, useTarget } from "../target.js";
import { iconOf } from "../words.js";
import { DiffCounts, DiffView } from "./diff-view.js";
import { GateStand } from "./gate-stand.js";
import { GitHubLink } from "./github-link.js";
import { Icon } from "./icon.js";
import { LongText } from "./long-text.js";
import { OutputBlock } from "./output-block.js";
import { PlanItems } from "./plan-items.js";
import { StepActions } from "./step-actions.js";
import { Summary } from "./summary.js";
import { Age } from "./time.js";

/** A step faster than this says nothing by its duration. */
const WORTH_TELLING_MS = 100;
/** A step that runs for longer than this is looked at: it opens. Sooner, each would open and close as it passes. */
const WORTH_OPENING_MS = 2_000;

/** What stands between backticks is set as code; the rest stays as it is. @param {string} text */
function withCode(text) {
  const parts = text.split(/`([^`\n]+)`/);
  return parts.length === 1 ? text : parts.map((part, i) => i % 2 === 1 ? html`<code>${part}</code>` : part);
}

/** Whether a step has been the running one for so long that it is worth a look. @param {import("../state.js").Activity} activity */
function isSlow(activity) {
  const at = toMs(activity.timestamp);
  return at !== null && Math.max(now.value, Date.now()) - at > WORTH_OPENING_MS;
}

/** @param {{ step: import("../timeline.js").Step, level: number, isCurrent?: boolean, target?: import("../state.js").Target | null, onOpen: () => void }} props */
function View({ step, level, isCurrent, target, onOpen }) {
  const { activity, result, type } = step;
  const bad = isBad(step);
  const wish = target?.at;
  // What one can do with it is made when somebody comes near: it would be a third of all that is drawn.
  const [isNear, setNear] = useState(false);
  const come = isNear ? undefined : () => setNear(true);
  const [choice, setChoice] = useOpen(/** @type {boolean | null} */ (null), wish);
  const row = useTarget(step, target, onOpen);
  const places = placesOf(step);
  const parts = type === "output" ? [] : rawParts(step);
  const items = activity.kind === "plan" ? activity.data?.items ?? [] : [];
  const isBusy = isCurrent && isUnderWay(step);
  const canOpen = parts.length + items.length > 0 || places.length > 1;
  const isOpen = canOpen && (choice ?? (bad || (level >= 3 && result !== undefined) || (isCurrent === true && (items.length > 0 || (activity.kind !== "gate" && isSlow(activity))))));
  const toggle = () => {
    if (!isOpen) onOpen();
    setChoice(!isOpen);
  };
  const { who, text } = deedOf(step);
  const outcome = outcomeOf(step);
  const change = changeOf(activity);
  const took = activity.duration_ms ?? result?.duration_ms ?? 0;
  const isMore = Boolean(outcome || change || places.length > 0);
  const title = [outcome ? `${text}: ${outcome}` : text, ...places].join("\n");
  const body = html`
    <span class=${isMore ? "step-text before-outcome" : "step-text"}>${who && html`<span class="who">${who}</span> `}${withCode(text)}</span>
    ${places.length === 1 && html`<span class=${places[0].startsWith("line ") ? "taken" : "place"}><bdi>${places[0]}</bdi></span>`}
    ${places.length > 1 && html`<span class="taken">${places.length} places</span>`}
    ${change && html`<${DiffCounts} ...${change} />`}
    ${isMore && html`<span class="outcome">${outcome}</span>`}
    ${took >= WORTH_TELLING_MS && html`<span class="taken">${elapsed(took)}</span>`}
`;
  return html`
    <li class="step" ref=${row.ref} tabindex=${canOpen ? -1 : 0} data-target=${target ? "" : undefined} data-nth=${row.nth} data-row data-kind=${activity.kind} data-raw=${activity.data?.raw ? "" : undefined} data-status=${activity.status} data-seq=${activity.seq} data-bad=${bad || undefined} data-current=${isCurrent || undefined} onPointerEnter=${come} onFocusIn=${come}>
      <span class="step-icon">${isBusy ? html`<span class="spinner" aria-hidden="true"></span>` : html`<${Icon} name=${bad ? "alert" : iconOf(activity)} />`}</span>
      <div class="step-main">
        ${type === "output"
          ? html`<${OutputBlock} lines=${step.lines ?? []} wish=${wish} onOpen=${onOpen} />`
          : activity.kind === "text" && isWritten(activity)
            ? html`<${Summary} text=${activity.message} wish=${wish} onOpen=${onOpen} />`
            : canOpen
              ? html`<button type="button" class="step-line" aria-expanded=${isOpen} title=${title} onClick=${toggle}>${body}</button>`
              : html`<div class="step-line" title=${title}>${body}</div>`}
        ${activity.kind === "pm" && html`<${GitHubLink} activity=${activity} />`}
        ${activity.kind === "gate" && html`<${GateStand} activity=${activity} />`}
        ${isOpen && html`<div class="step-raw">
          ${places.length > 1 && html`<ul class="places" aria-label="Where">${places.map((place) => html`<li key=${place}>${place}</li>`)}</ul>`}
          ${items.length > 0 && html`<${PlanItems} items=${items} />`}
          ${(items.length === 0 || choice) && parts.map(({ label, text: raw, cut = 0, isDiff }) => html`
            ${label && html`<span class="raw-label">${label}</span>`}
            ${isDiff ? html`<${DiffView} text=${raw} path=${activity.data?.path ?? "a file"} wish=${wish} onOpen=${onOpen} />` : isWritten(activity) ? html`<${Summary} text=${raw} wish=${wish} onOpen=${onOpen} />`
              : isProse(activity, raw) ? html`<p class="callout">${withCode(raw)}</p>` : html`<${LongText} text=${raw} wish=${wish} onOpen=${onOpen} />`}
            ${cut > 0 && html`<p class="hint">${count(cut, "more byte")} came and ${cut === 1 ? "was" : "were"} not kept.</p>`}`)}
        </div>`}
      </div>
      <${Age} iso=${activity.timestamp} />
      ${(isNear || target) && html`<${StepActions} seq=${activity.seq} />`}
    </li>`;
}

export const ActivityStep = memo(View);
