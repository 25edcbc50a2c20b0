// How long a running command has said nothing, counting up, and what it did last: the difference between slow and dead.

import { html } from "../lib.js";
import { ticking, toMs } from "../format.js";
import { lastHeard } from "../step-words.js";
import { now, view } from "../store.js";
import { Icon } from "./icon.js";

/** A pause shorter than this is how work looks. */
const WORTH_TELLING_MS = 10_000;

/** @param {{ entry: import("../timeline.js").CommandEntry }} props */
export function Silence({ entry }) {
  const heard = lastHeard(entry);
  const silent = Math.max(now.value, Date.now()) - (toMs(heard?.at) ?? Infinity);
  if (silent < WORTH_TELLING_MS || view.value.writing.some((block) => block.execution_id === entry.executionId)) return null;
  return html`
    <div class="step silence">
      <span class="step-icon"><${Icon} name="clock" /></span>
      <div class="step-main"><div class="step-line"><span class="step-text">silent for ${ticking(silent)}${heard?.words && `, last: ${heard.words}`}</span></div></div>
    </div>`;
}
