// One gate: what is asked, what depends on it, and the answers. A click approves; to reject one says why. What a coding
// agent asks for has its own answers, and each is one click.

import { html, useEffect, useRef, useState } from "../lib.js";
import { isDiff } from "../diff.js";
import { addToDraft } from "../drafts.js";
import { openDocument } from "../documents.js";
import { ago, toMs } from "../format.js";
import { allows, chosenName, isPermission } from "../permission.js";
import { beforeLogin } from "../session.js";
import { nowSlow, view } from "../store.js";
import { isOpen } from "../workflow.js";
import { decide } from "../workflow-actions.js";
import { commandWords, gateWords } from "../words.js";
import { DiffView } from "./diff-view.js";
import { GateOptions } from "./gate-options.js";
import { GateReason } from "./gate-reason.js";
import { Icon } from "./icon.js";
import { LongText } from "./long-text.js";
import { Clock } from "./time.js";

/** @type {Record<string, string>} */
const DOCUMENTS = { vision: "Vision document", plan: "Plan", validation: "Results of the checks" };

/** What its document is called. @param {import("../workflow.js").Gate} gate */
function documentOf({ context, gate_type }) {
  const url = context?.document_url;
  if (!url) return null;
  return { url, name: view.value.documents?.find((one) => one.url === url)?.name ?? DOCUMENTS[gate_type] ?? "Document" };
}

/**
 * @param {{ gate: import("../workflow.js").Gate, onHold: (isHeld: boolean) => void, onDone: () => void }} props
 *   `onHold` keeps the card in its place, whatever becomes of the gate
 */
export function GateCard({ gate, onHold, onDone }) {
  /** What is on its way: the answer, or the option that was chosen. */
  const [busy, setBusy] = useState(/** @type {string | null} */ (null));
  const [reason, setReason] = useState(/** @type {string | null} */ (null));
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));
  const opener = useRef(/** @type {HTMLButtonElement | null} */ (null));
  // What one decides oneself is told by the feed as well, and sooner than the request is answered.
  const isOver = !isOpen(gate) && busy === null;

  // What was written for a gate that somebody else has decided is not lost.
  useEffect(() => {
    if (isOver && reason?.trim()) addToDraft(gate.project_id, reason);
  }, [isOver]);
  useEffect(() => beforeLogin(() => { if (reason?.trim()) addToDraft(gate.project_id, reason); }), [reason]);

  const attempt = async (/** @type {"approve" | "reject"} */ decision, /** @type {{ reason?: string, option?: string }} */ said) => {
    if (busy) return;
    onHold(true);
    setBusy(said.option ?? decision);
    setProblem(null);
    const answer = await decide(gate.id, decision, said);
    setBusy(null);
    setProblem(answer.problem);
    if (answer.problem || !answer.isFirst) return;
    onHold(false);
    onDone();
  };
  const reject = () => {
    onHold(true);
    setReason("");
  };
  const cancel = () => {
    onHold(false);
    setReason(null);
    setProblem(null);
    requestAnimationFrame(() => opener.current?.focus());
  };

  if (isOver) return html`<${Over} gate=${gate} hasDraft=${Boolean(reason?.trim())} onClose=${() => { onHold(false); onDone(); }} />`;
  const { what, why, next } = gate.context ?? {};
  const read = documentOf(gate);
  const lines = [["What", what], ["Why", why], ["What happens next", next]].filter(([, text]) => text);
  const asked = toMs(gate.created_at);
  const isAgents = isPermission(gate);
  const of = isAgents ? commandWords(view.value.executions[gate.execution_id ?? ""]?.command).title : gate.phase;
  return html`
    <article class="gate" tabindex="-1" aria-labelledby=${`gate-${gate.id}`} data-gate-id=${gate.id}>
      <div class="gate-text">
        <p class="gate-kind"><${Icon} name="hand" />${isAgents ? "The coding agent waits for your answer" : "Waiting for your approval"}<span class="gate-of">${[of, asked && `asked ${ago(asked, Math.max(nowSlow.value, Date.now()))}`].filter(Boolean).join(", ")}</span></p>
        <h3 id=${`gate-${gate.id}`}>${gate.question}</h3>
        ${lines.length > 0 && html`<dl>${lines.map(([label, text]) => html`<div key=${label}><dt>${label}</dt><dd class="plain">${isAgents && text === what ? html`<${Wanted} text=${text} />` : text}</dd></div>`)}</dl>`}
      </div>
      ${problem && html`<p class="field-error" role="alert">${problem}</p>`}
      ${isAgents ? html`<${GateOptions} gate=${gate} chosen=${busy} onChoose=${(/** @type {import("../workflow.js").GateOption} */ one) => attempt(allows(one) ? "approve" : "reject", { option: one.id })} />`
        : reason === null ? html`
        <div class="gate-actions">
          ${read && html`<${ReadDocument} ...${read} />`}
          <button type="button" class="button" ref=${opener} aria-disabled=${busy ? "true" : undefined} onClick=${busy ? undefined : reject}><${Icon} name="close" />Reject…</button>
          <button type="button" class="button primary" data-answer="approve" aria-disabled=${busy ? "true" : undefined} onClick=${() => attempt("approve", {})}>
            ${busy ? html`<span class="spinner" aria-hidden="true"></span>Approving…` : html`<${Icon} name="check" />Approve`}</button>
        </div>`
        : html`<${GateReason} id=${gate.id} value=${reason} isBusy=${busy !== null} onInput=${setReason} onCancel=${cancel} onSend=${(/** @type {string} */ text) => attempt("reject", { reason: text })}
            more=${read && html`<${ReadDocument} ...${read} />`} />`}
    </article>`;
}

/** What the coding agent wants to do, as it says it: a command line, a diff. @param {{ text: string }} props */
function Wanted({ text }) {
  return isDiff(text) ? html`<${DiffView} text=${text} path="a file, as the coding agent wants them" />` : html`<${LongText} text=${text} />`;
}

/** Within this page where the server has it, else where it is. @param {{ url: string, name: string }} props */
function ReadDocument({ url, name }) {
  const words = html`<${Icon} name="file" />Read the document`;
  if (!url.startsWith("/")) return html`<a class="button quiet gate-document" href=${url} target="_blank" rel="noopener noreferrer">${words}</a>`;
  return html`<button type="button" class="button quiet gate-document" onClick=${() => openDocument({ name, url })}>${words}</button>`;
}

/** What somebody else has decided meanwhile. @param {{ gate: import("../workflow.js").Gate, hasDraft: boolean, onClose: () => void }} props */
function Over({ gate, hasDraft, onClose }) {
  const { word, icon } = gateWords(gate);
  const chosen = chosenName(gate);
  // Nobody decided these.
  const ended = gate.status === "WITHDRAWN" && isPermission(gate) ? ", because its command has ended" : gate.status === "EXPIRED" ? "" : null;
  return html`
    <article class="gate" data-over=${gate.status} aria-label=${`${word}: ${gate.question}`}>
      <div class="gate-over" role="status"><${Icon} name=${icon} />
        <div><p><b>${word}</b>${ended !== null ? `${ended}: ${gate.question}` : html` ${gate.responded_at && html`<${Clock} iso=${gate.responded_at} />`} in another window or by somebody else, before you decided: ${gate.question}`}</p>
          ${chosen && html`<p class="plain">“${chosen}”</p>`}
          ${gate.response && html`<p class="plain">“${gate.response}”</p>`}
          ${hasDraft && html`<p>What you had written is in the message box.</p>`}</div>
        <button type="button" class="button small" onClick=${onClose}>Close</button></div>
    </article>`;
}
