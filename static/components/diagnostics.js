// "Why is my feed empty?": how everything between a step and this screen fares, part by part, with what to do about it.

import { html, useEffect, useState } from "../lib.js";
import { answers, watchServer } from "../diagnostics.js";
import { rowsOf, textOf, verdictOf } from "../diagnosis.js";
import { copyText } from "../clipboard.js";
import { ago, exactTime } from "../format.js";
import { notifying, refuseNotifications, wantNotifications } from "../notify.js";
import { SERVER_HASH, projectHash } from "../route.js";
import { currentId, now, project, state, verbosity, view } from "../store.js";
import { Icon } from "./icon.js";

/** @returns {import("../diagnosis.js").Facts} */
function facts() {
  const { feed, missing, cursor, activities } = view.value;
  return {
    at: Math.max(now.value, Date.now()), isOnline: navigator.onLine, link: currentId.value && !missing ? feed : null, cursor, held: activities.length,
    verbosity: verbosity.value, project: project.value ?? (currentId.value ? { id: currentId.value, name: "this project" } : null),
    backend: state.value.setup?.backend.reason ?? null, backendName: state.value.setup?.backend.name ?? null, notifying: notifying.value, ...answers.value,
  };
}

export function Diagnostics() {
  const id = currentId.value;
  useEffect(() => watchServer(id), [id]);
  const known = facts();
  const rows = rowsOf(known);
  const verdict = verdictOf(known, rows);
  return html`
    <main class="diagnostics" aria-labelledby="diagnostics-title">
      <div class="diagnostics-page">
        <div class="diagnostics-head">
          <h2 id="diagnostics-title">Diagnostics</h2>
          <${Copy} text=${() => textOf(known, rows, location.href)} />
          <a class="button small" href=${id ? projectHash(id) : "#/"} aria-label=${id ? "Back to the project" : "Back to the start"}><${Icon} name="close" />Back</a>
        </div>
        <p class="verdict" data-tone=${verdict.tone} role="status"><${Icon} name=${ICONS[verdict.tone]} />${verdict.says}</p>
        <ul class="checks">${rows.map((row) => html`<${Check} key=${row.id} row=${row} at=${known.at} />`)}</ul>
        <p><a class="link" href=${SERVER_HASH}>All that is known of this server</a></p>
        <${NotifyChoice} />
        <p class="hint">What programs can ask of this server is in <a href="/docs">its API</a>, to read and to try out.</p>
        <p class="hint">This page looks again by itself every few seconds. What “Copy as text” gives says nothing of what was talked about or worked on, only the project's name.</p>
      </div>
    </main>`;
}

/** @type {Record<import("../diagnosis.js").Tone, string>} */
const ICONS = { good: "check", warn: "info", bad: "alert", unknown: "clock" };
/** @type {Record<import("../diagnosis.js").Tone, string>} */
const WORDS = { good: "fine", warn: "look at this", bad: "not working", unknown: "not known" };

/** @param {{ row: import("../diagnosis.js").Row, at: number }} props */
function Check({ row, at }) {
  const { id, name, tone, says, seenAt, more, log, advice } = row;
  return html`
    <li class="check" data-check=${id} data-tone=${tone}>
      <span class="check-icon"><${Icon} name=${ICONS[tone]} label=${WORDS[tone]} /></span>
      <div class="check-text">
        <h3>${name}</h3>
        <p>${says}</p>
        ${more.map((line) => html`<p class="check-more" key=${line}>${line}</p>`)}
        ${advice && html`<p class="check-advice">${advice}</p>`}
        ${log.length > 0 && html`<details class="check-log"><summary>The last it wrote beside its work</summary><pre tabindex="0" role="region" aria-label="The last it wrote">${log.join("\n")}</pre></details>`}
      </div>
      ${seenAt !== null && html`<time class="age" datetime=${new Date(seenAt).toISOString()} title=${exactTime(new Date(seenAt).toISOString())}>${ago(seenAt, at)}</time>`}
    </li>`;
}

/** @param {{ text: () => string }} props */
function Copy({ text }) {
  const [says, setSays] = useState("Copy as text");
  const copy = async () => setSays(await copyText(text()) ? "Copied" : "The browser does not allow copying");
  return html`<button type="button" class="button small" aria-live="polite" onClick=${copy}><${Icon} name="copy" />${says}</button>`;
}

/** Whether the browser tells when a command ends, for who wants to change what they once said. */
function NotifyChoice() {
  const stand = notifying.value;
  if (stand !== "on" && stand !== "off" && stand !== "unasked") return null;
  return html`
    <p class="notify-choice">
      ${stand === "on" ? "The browser tells you when a command has ended or it is your turn while you look elsewhere." : "The browser can tell you when a command has ended or it is your turn while you look elsewhere."}
      ${" "}<button type="button" class="link" onClick=${stand === "on" ? refuseNotifications : wantNotifications}>${stand === "on" ? "Tell me no more" : "Tell me"}</button>
    </p>`;
}
