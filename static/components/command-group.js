// One command with its steps: what it is, how it stands, how long it took, and what came of it.

import { html, memo, useState } from "../lib.js";
import { isEnded, timeTaken } from "../execution.js";
import { count, elapsed, ticking } from "../format.js";
import { cutOff, now } from "../store.js";
import { visibleSteps } from "../timeline.js";
import { commandWords, statusWords } from "../words.js";
import { ActivityStep } from "./activity-step.js";
import { Icon } from "./icon.js";
import { Age } from "./time.js";

/** A command of thousands of steps draws its newest; the rest is one click away. */
const DRAWN_STEPS = 150;

/** @param {{ entry: import("../timeline.js").CommandEntry, execution?: import("../execution.js").Execution, level: number, isNewest: boolean, onOpen: () => void }} props */
function View({ entry, execution, level, isNewest, onOpen }) {
  const isLive = execution?.status === "RUNNING" && !cutOff.value;
  // What was open stays open when the next command begins; only on a fresh page are old ones closed.
  const [isOpen, setOpen] = useState(isNewest || isLive || !isEnded(execution?.status));
  const [drawn, setDrawn] = useState(DRAWN_STEPS);
  const steps = visibleSteps(entry.steps, level);
  const hidden = Math.max(0, steps.length - drawn);
  const status = statusWords(execution ?? {}, cutOff.value);
  const toggle = () => {
    if (!isOpen) onOpen();
    setOpen(!isOpen);
  };
  return html`
    <li class="command" data-tone=${status.tone} data-execution-id=${entry.executionId}>
      <h3 class="command-head">
        <button type="button" aria-expanded=${isOpen} onClick=${toggle}>
          <${Icon} name="chevron" />
          <span class="command-title">${commandWords(entry.command ?? execution?.command).title}</span>
          <span class="badge" data-tone=${status.tone}>${status.tone === "running" && html`<span class="spinner" aria-hidden="true"></span>`}${status.word}</span>
          <${Taken} execution=${execution} />
        </button>
      </h3>
      ${isOpen
        ? html`
          <ol class="steps">
            ${hidden > 0 && html`<li class="earlier"><button type="button" class="link" onClick=${() => setDrawn(drawn + 500)}>Show ${count(hidden, "earlier step")}</button></li>`}
            ${steps.slice(hidden).map((step, i, all) => html`
              <${ActivityStep} key=${step.key} step=${step} level=${level} isCurrent=${isLive && i === all.length - 1} onOpen=${onOpen} />`)}
          </ol>`
        : html`<p class="command-sum">${count(steps.length, "step")} · <${Age} iso=${entry.lastAt} /></p>`}
    </li>`;
}

export const CommandGroup = memo(View);

/** The time it took; while it runs and this page hears of it, a clock. @param {{ execution?: import("../execution.js").Execution }} props */
function Taken({ execution }) {
  if (!execution) return null;
  const isRunning = execution.status === "RUNNING";
  if (isRunning && cutOff.value) return null;
  const ms = timeTaken(execution, isRunning ? Math.max(now.value, Date.now()) : 0);
  if (ms === null) return null;
  return html`<span class="taken">${isRunning ? ticking(ms) : elapsed(ms)}</span>`;
}
