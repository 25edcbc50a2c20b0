// One message: the person's at the right as it was typed, the project manager's at the left as Markdown.

import { html, memo } from "../lib.js";
import { discardMessage, sendAgain } from "../actions.js";
import { speakerOf } from "../session.js";
import { view } from "../store.js";
import { Icon } from "./icon.js";
import { MarkdownView } from "./markdown-view.js";
import { Clock } from "./time.js";

/** @type {Record<string, string>} */
const SPEAKERS = { assistant: "Project manager", system: "Note" };

/** `isBehind`: it waits while an earlier one is being answered. @param {{ message: import("../state.js").Message, isBehind?: boolean }} props */
function View({ message, isBehind = false }) {
  const { role, content, timestamp } = message;
  const isOwn = role === "user";
  const speaker = isOwn ? speakerOf(message) : SPEAKERS[role] ?? role;
  return html`
    <li class="message" data-role=${role} data-message-id=${message.id} data-row>
      ${role === "assistant" && html`<span class="avatar"><${Icon} name="agent" /></span>`}
      <article class="bubble" aria-label=${speaker}>
        <header><span class="speaker">${speaker}</span>${isBehind ? html`<span class="age">waits its turn</span>` : html`<${Clock} iso=${timestamp} />`}</header>
        ${isOwn ? html`<p class="plain">${content}</p>` : html`<${MarkdownView} text=${content} />`}
      </article>
    </li>`;
}

export const Message = memo(View);

/** A reply that is not stored yet: what there is of it. @param {{ draft: import("../draft.js").Draft }} props */
export function Draft({ draft }) {
  return html`
    <li class="message" data-role="assistant" data-state="writing" data-testid="draft" data-row>
      <span class="avatar"><${Icon} name="agent" /></span>
      <article class="bubble" aria-label="${SPEAKERS.assistant}, still writing" aria-busy="true">
        <header><span class="speaker">${SPEAKERS.assistant}</span><span class="age">writing…</span></header>
        <${MarkdownView} text=${draft.text} />
      </article>
    </li>`;
}

/** A message the server has not stored yet. @param {{ item: import("../state.js").OutboxItem }} props */
export function Waiting({ item }) {
  const stands = item.problem ? "not sent" : view.value.chat?.phase === "live" ? "sending…" : "waiting for the server";
  return html`
    <li class="message" data-role="user" data-state=${item.problem ? "refused" : "sending"} data-row>
      <article class="bubble" aria-label="You, not stored yet">
        <header><span class="speaker">You</span><span class="age">${stands}</span></header>
        <p class="plain">${item.content}</p>
        ${item.problem && html`
          <p class="field-error" role="alert">${item.problem}</p>
          <p class="message-actions">
            <button type="button" class="link" onClick=${() => sendAgain(item)}>Edit and send again</button>
            <button type="button" class="link" onClick=${() => discardMessage(item.client_id)}>Discard</button>
          </p>`}
      </article>
    </li>`;
}
