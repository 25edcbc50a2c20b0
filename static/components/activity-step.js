// One step, one line: what was done, in words. Its raw input and result are one click away.

import { html, memo, useState } from "../lib.js";
import { count, elapsed, exactTime, firstLine, plainLine } from "../format.js";
import { errorWords, iconOf } from "../words.js";
import { Icon } from "./icon.js";
import { LongText } from "./long-text.js";
import { MarkdownView } from "./markdown-view.js";
import { Age } from "./time.js";

/** A step faster than this says nothing by its duration. */
const WORTH_TELLING_MS = 100;

/** @param {import("../state.js").Activity} activity */
function lineOf(activity) {
  const { kind, message, data } = activity;
  if (kind === "message") {
    // A title alone says nothing beside a name; what has one is an account of something.
    const isTitled = data?.role !== "user" && message.startsWith("# ");
    return { who: data?.role === "user" ? "You" : "Project manager", text: `${isTitled ? "Summary: " : ""}${plainLine(message)}` };
  }
  // The server's own words for a failure stand below; the line says what kind of failure it is.
  if (kind === "status" && activity.status === "FAILED") return { who: null, text: data?.error_code ? errorWords(data.error_code) : message };
  // The command's name stands above the steps already.
  if (kind === "status" && activity.source === "scar" && activity.command) return { who: null, text: message.replace(` ${activity.command}`, "") };
  const text = kind === "text" || kind === "thinking" ? plainLine(message) : firstLine(message);
  return { who: null, text: text || activity.tool || kind };
}

/** @param {import("../timeline.js").Step} step */
function rawParts(step) {
  const { activity, result, type } = step;
  const parts = [];
  if (type === "tool") {
    // "Run make test" has said its input already.
    if (activity.detail && !activity.message.includes(activity.detail)) parts.push({ label: "Input", text: activity.detail });
    if (result) parts.push({ label: result.detail ? `Result: ${result.message}` : "Result", text: result.detail || result.message, cut: result.data?.cut_bytes });
  } else {
    if (activity.message.trim() !== firstLine(activity.message)) parts.push({ label: null, text: activity.message });
    if (activity.detail) parts.push({ label: null, text: activity.detail });
  }
  return parts;
}

/** Whether it is Markdown: what an agent writes, and what the project manager says. @param {import("../state.js").Activity} activity */
function isWritten({ kind, data }) {
  return (kind === "text" && data?.format === "markdown") || (kind === "message" && data?.role !== "user");
}

/** A sentence or two from the server is for reading; only output belongs in a box of fixed-width type. @param {import("../state.js").Activity} activity @param {string} text */
function isProse(activity, text) {
  return ["status", "system", "error", "message", "pm"].includes(activity.kind) && text.length < 600 && text.split("\n").length < 8;
}

/** What stands between backticks is set as code; the rest stays as it is. @param {string} text */
function withCode(text) {
  const parts = text.split(/`([^`\n]+)`/);
  return parts.length === 1 ? text : parts.map((part, i) => i % 2 === 1 ? html`<code>${part}</code>` : part);
}

/** @param {import("../timeline.js").Step} step */
function isBad({ activity, result }) {
  return activity.kind === "error" || (activity.kind === "status" && activity.status === "FAILED") || result?.status === "failed";
}

/** @param {{ step: import("../timeline.js").Step, level: number, isCurrent?: boolean, onOpen: () => void }} props */
function View({ step, level, isCurrent, onOpen }) {
  const { activity, result, type } = step;
  const bad = isBad(step);
  const [choice, setChoice] = useState(/** @type {boolean | null} */ (null));
  const parts = type === "output" ? [] : rawParts(step);
  const isOpen = parts.length > 0 && (choice ?? (bad || (level >= 3 && result !== undefined)));
  const toggle = () => {
    if (!isOpen) onOpen();
    setChoice(!isOpen);
  };
  const isBusy = isCurrent && !result && type !== "output" && activity.kind === "tool";
  const { who, text } = lineOf(activity);
  const took = activity.duration_ms ?? result?.duration_ms ?? 0;
  const body = html`
    <span class="step-text">${who && html`<span class="who">${who}</span> `}${withCode(text)}</span>
    ${took >= WORTH_TELLING_MS && html`<span class="taken">${elapsed(took)}</span>`}
    ${parts.length > 0 && html`<${Icon} name="chevron" />`}`;
  return html`
    <li class="step" data-row data-kind=${activity.kind} data-status=${activity.status} data-seq=${activity.seq} data-bad=${bad || undefined} data-current=${isCurrent || undefined}>
      <span class="step-icon" title=${exactTime(activity.timestamp)}>${isBusy ? html`<span class="spinner" aria-hidden="true"></span>` : html`<${Icon} name=${bad ? "alert" : iconOf(activity)} />`}</span>
      <div class="step-main">
        ${type === "output"
          ? html`<${LongText} text=${(step.lines ?? []).map((line) => line.message).join("\n").replace(/^\n+/, "")} from="end" kind="output" onOpen=${onOpen} />`
          : activity.kind === "text" && isWritten(activity)
            ? html`<${Summary} text=${activity.message} onOpen=${onOpen} />`
            : parts.length > 0
              ? html`<button type="button" class="step-line" aria-expanded=${isOpen} title=${text} onClick=${toggle}>${body}</button>`
              : html`<div class="step-line" title=${text}>${body}</div>`}
        ${isOpen && html`<div class="step-raw">${parts.map(({ label, text: raw, cut }) => html`
          ${label && html`<span class="raw-label">${label}</span>`}
          ${isWritten(activity) ? html`<${Summary} text=${raw} onOpen=${onOpen} />`
            : isProse(activity, raw) ? html`<p class="callout">${withCode(raw)}</p>` : html`<${LongText} text=${raw} onOpen=${onOpen} />`}
          ${cut > 0 && html`<p class="hint">${count(cut, "more byte")} came and ${cut === 1 ? "was" : "were"} not kept.</p>`}`)}</div>`}
      </div>
      <${Age} iso=${activity.timestamp} />
    </li>`;
}

export const ActivityStep = memo(View);

/** Markdown an agent wrote; long ones start closed, with the beginning in sight. @param {{ text: string, onOpen: () => void }} props */
function Summary({ text, onOpen }) {
  const isLong = text.length > 700 || text.split("\n").length > 12;
  const [isOpen, setOpen] = useState(!isLong);
  return html`
    <div class="summary" data-closed=${!isOpen || undefined}><${MarkdownView} text=${text} /></div>
    ${isLong && html`<button type="button" class="link" aria-expanded=${isOpen} onClick=${() => { onOpen(); setOpen(!isOpen); }}>${isOpen ? "Show less" : "Show all"}</button>`}`;
}
