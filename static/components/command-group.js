// One command with its steps: what it is, how it stands, how long it took, and what came of it.

import { html, memo, useRef } from "../lib.js";
import { endedEarly, isEnded, timeTaken } from "../execution.js";
import { count, elapsed, firstLine, ticking } from "../format.js";
import { rowsOf, stretchesOf } from "../rows.js";
import { useSpan } from "../span.js";
import { lineHolds } from "../step.js";
import { commandOutcome, currentOf } from "../step-words.js";
import { asking, cutOff, now } from "../store.js";
import { useOpen } from "../target.js";
import { newestUsage, usageWord, usageWords } from "../usage.js";
import { commandWords, statusWords } from "../words.js";
import { Icon } from "./icon.js";
import { More } from "./more.js";
import { PullLine } from "./pull-line.js";
import { Silence } from "./silence.js";
import { Stretch } from "./stretch.js";
import { TryAgain } from "./try-again.js";
import { Age } from "./time.js";
import { Writing } from "./writing.js";

/** From the verbosity on that shows what an agent writes. */
const WRITING_LEVEL = 2;

/**
 * `isLast`: no command of the project came after it. `isPast`: the steps shown are not the newest, so none of them is what is done now. `target`: the step somebody asked for.
 * @param {{ entry: import("../timeline.js").CommandEntry, execution?: import("../execution.js").Execution, level: number,
 *   isNewest: boolean, isLast: boolean, isReading: boolean, isPast: boolean, target: import("../state.js").Target | null, onOpen: () => void }} props
 */
function View({ entry, execution, level, isNewest, isLast, isReading, isPast, target, onOpen }) {
  const isRunning = execution?.status === "RUNNING" && !cutOff.value;
  const isWaiting = isRunning && asking.value.includes(entry.executionId);
  const isLive = isRunning && !execution?.stalled && !isPast;
  // What was open stays open when the next command begins; only on a fresh page are old ones closed.
  const [isOpen, setOpen] = useOpen(isNewest || isRunning || !isEnded(execution?.status), target?.at);
  const status = statusWords(execution ?? {}, cutOff.value, isWaiting);
  const toggle = () => {
    if (!isOpen) onOpen();
    setOpen(!isOpen);
  };
  const { title } = commandWords(entry.command ?? execution?.command);
  return html`
    <li class="command" data-tone=${status.tone} data-execution-id=${entry.executionId}>
      <h3 class="command-head">
        <button type="button" aria-expanded=${isOpen} onClick=${toggle}>
          <${Icon} name="chevron" />
          <span class="command-title">${title}${entry.args && html`<span class="command-args" title=${entry.args}>${firstLine(entry.args)}</span>`}</span>
          <span class="badge" data-tone=${status.tone}>${status.tone === "running" && html`<span class="spinner" aria-hidden="true"></span>`}${status.word}</span>
          ${isOpen && html`<${Cost} steps=${entry.steps} />`}
          <${Taken} execution=${execution} />
        </button>
      </h3>
      ${execution?.pull_request && html`<p class="command-pull"><${PullLine} pull=${execution.pull_request} /></p>`}
      ${isOpen
        ? html`<${Steps} entry=${entry} level=${level} isReading=${isReading} isLive=${isLive} isNow=${isRunning && !isPast} isWaiting=${isWaiting} target=${target} onOpen=${onOpen} />`
        : html`<${Sum} entry=${entry} execution=${execution} level=${level} />`}
      ${isLast && endedEarly(execution?.status) && html`<${TryAgain} executionId=${entry.executionId} title=${title} />`}
    </li>`;
}

export const CommandGroup = memo(View);

/** @param {{ entry: import("../timeline.js").CommandEntry, level: number, isReading: boolean, isLive: boolean, isNow: boolean, isWaiting: boolean, target: import("../state.js").Target | null, onOpen: () => void }} props */
function Steps({ entry, level, isReading, isLive, isNow, isWaiting, target, onOpen }) {
  const rows = rowsOf(entry.steps, level, target?.seq);
  const { drawn, before: hidden, more } = useSpan(rows, isReading, target ? rows.findIndex((row) => lineHolds(row, target.seq)) : -1);
  const current = isLive ? currentOf(drawn) : undefined;
  const before = useRef(/** @type {import("../rows.js").Stretch[]} */ ([]));
  const stretches = before.current = stretchesOf(drawn, before.current);
  return html`
    <div class="steps">
      ${hidden > 0 && html`<${More} words=${`Show ${count(hidden, "earlier step")}`} load=${more} isAuto=${isReading} />`}
      ${stretches.map((stretch) => html`<${Stretch} key=${stretch.key} stretch=${stretch} level=${level}
        current=${stretch.rows.find((row) => row === current)} target=${stretch.rows.some((row) => lineHolds(row, target?.seq)) ? target : null} onOpen=${onOpen} />`)}
      ${isNow && level >= WRITING_LEVEL && html`<${Writing} executionId=${entry.executionId} />`}
      ${isNow && !isWaiting && html`<${Silence} entry=${entry} />`}
    </div>`;
}

/** A closed command in one line: how many steps, what came of it, when. @param {{ entry: import("../timeline.js").CommandEntry, execution?: import("../execution.js").Execution, level: number }} props */
function Sum({ entry, execution, level }) {
  const outcome = commandOutcome(entry, execution);
  const steps = entry.steps.filter((step) => step.level <= level).length;
  const usage = newestUsage(entry.steps);
  // Of a command whose beginning is not held it is not known how many steps it took.
  const isWhole = entry.steps[0].activity.status === "QUEUED";
  return html`<p class="command-sum">${outcome && html`<span class="command-outcome">${outcome}</span> · `}${isWhole && `${count(steps, "step")} · `}${usage?.cost && `${usageWord(usage)} so far · `}<${Age} iso=${entry.lastAt} /></p>`;
}

/** What the agent's model took so far. @param {{ steps: import("../timeline.js").Step[] }} props */
function Cost({ steps }) {
  const usage = newestUsage(steps);
  return usage && html`<span class="taken command-cost" title=${usageWords(usage)}>${usageWord(usage)}</span>`;
}

/** The time it took; while it runs and this page hears of it, a clock. @param {{ execution?: import("../execution.js").Execution }} props */
function Taken({ execution }) {
  if (!execution) return null;
  const isRunning = execution.status === "RUNNING";
  if (isRunning && cutOff.value) return null;
  const ms = timeTaken(execution, isRunning ? Math.max(now.value, Date.now()) : 0);
  if (ms === null) return null;
  return html`<span class="taken">${isRunning ? ticking(ms) : elapsed(ms)}</span>`;
}
