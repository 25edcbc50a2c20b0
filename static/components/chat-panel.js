// The middle pane: the conversation of the open project.

import { html, useEffect } from "../lib.js";
import { withDividers } from "../conversation.js";
import { useFollow } from "../follow.js";
import { loadEarlierMessages, loadProjects, reopen, sendMessage, startNewTopic } from "../actions.js";
import { awaitsReply, behind, said } from "../queue.js";
import { currentId, state, view } from "../store.js";
import { Composer } from "./composer.js";
import { Earlier } from "./earlier.js";
import { FirstProject } from "./first-project.js";
import { Gates } from "./gates.js";
import { Icon } from "./icon.js";
import { Draft, Message, Waiting } from "./message.js";
import { NewBelow } from "./new-below.js";
import { PaneHint } from "./pane-hint.js";
import { QueuedMessages } from "./queued-messages.js";
import { Typing } from "./typing.js";
import { WorkflowRow } from "./workflow-row.js";

/** What one can say on a first day; each is understood without a coding agent. */
const OPENERS = ["I have an idea", "Analyze the codebase", "Run the checks", "What can you do?"];

export function ChatPanel() {
  const { messagesLoaded, topicId, missing } = view.value;
  const messages = said(view.value.messages);
  const outbox = view.value.outbox.filter((item) => !item.queue || item.problem);
  if (!currentId.value) return html`<${NoProject} />`;
  if (missing) return html`<${Missing} />`;
  const isEmpty = messages.length + outbox.length === 0;
  return html`
    <div class="pane-head">
      <h2>Chat</h2>
      ${messages.length > 0 && html`
        <button type="button" class="button small quiet" title="Later messages will not refer back to these; nothing is deleted" onClick=${startNewTopic}>
          <${Icon} name="refresh" />New conversation</button>`}
    </div>
    <${WorkflowRow} key=${`w${currentId.value}`} />
    <${PaneHint} pane="chat" />
    ${isEmpty ? html`<div class="pane-body chat-scroll">${messagesLoaded && html`<${FirstWords} />`}</div>`
      : html`<${Conversation} key=${currentId.value} messages=${messages} outbox=${outbox} topicId=${topicId} />`}
    <${Gates} key=${`g${currentId.value}`} />
    <${QueuedMessages} key=${`q${currentId.value}`} projectId=${currentId.value} />
    <${Composer} key=${`c${currentId.value}`} projectId=${currentId.value} />`;
}

/** @param {{ messages: any[], outbox: any[], topicId: string | null }} props */
function Conversation({ messages, outbox, topicId }) {
  const follow = useFollow(messages.length, (mark) => messages.length - mark);
  const lastOwn = outbox.at(-1)?.client_id;
  const draft = view.value.draft;
  const waits = behind(messages, draft !== null);
  useEffect(() => { if (lastOwn) follow.toEnd(); }, [lastOwn]);
  return html`
    <div class="scroll-frame">
      <div class="pane-body chat-scroll" ref=${follow.box} onScroll=${follow.onScroll} role="log" aria-live="off" aria-label="Conversation" tabindex="0">
        ${view.value.hasEarlierMessages && html`<${Earlier} what="messages" load=${loadEarlierMessages} />`}
        <ol class="messages">
          ${withDividers(messages, topicId).map((row) => row.type === "divider"
            ? html`<li key=${row.key} class="divider" data-row><span>New conversation</span></li>`
            : html`<${Message} key=${row.message.id} message=${row.message} isBehind=${waits.has(row.message.id)} />`)}
          ${draft?.text ? html`<${Draft} key=${draft.id} draft=${draft} />`
            : (draft || outbox.length === 0 && awaitsReply(messages)) && html`<${Typing} key="typing" since=${messages.at(-1)?.timestamp ?? ""} />`}
          ${outbox.map((item) => html`<${Waiting} key=${item.client_id} item=${item} />`)}
        </ol>
      </div>
      <${NewBelow} count=${follow.missed} what="message" onClick=${follow.toEnd} />
    </div>`;
}

function FirstWords() {
  return html`
    <div class="empty wide">
      <span class="empty-icon"><${Icon} name="bubble" /></span>
      <h3>What should we do?</h3>
      <p>Say it in your own words. When work starts, you see every step of it under Activity while it happens.</p>
      <div class="openers">
        ${OPENERS.map((text) => html`<button type="button" class="opener" onClick=${() => sendMessage(text)}>${text}</button>`)}
      </div>
    </div>`;
}

function NoProject() {
  const { projectsLoaded, projects, projectsProblem, setup } = state.value;
  const hint = html`<${PaneHint} pane="chat" />`;
  if (!projectsLoaded && !projectsProblem) return html`${hint}<div class="pane-body"></div>`;
  if (projectsLoaded && projects.length === 0) return html`${hint}<div class="pane-body"><${FirstProject} suggested=${setup?.suggested_project ?? null} /></div>`;
  return html`
    ${hint}
    <div class="pane-body">
      <div class="empty wide">
        <span class="empty-icon"><${Icon} name=${projectsLoaded ? "agent" : "alert"} /></span>
        <h3>${projectsLoaded ? "Choose a project" : "The projects could not be loaded"}</h3>
        <p>${projectsLoaded ? "They are listed on the left." : projectsProblem}</p>
        ${!projectsLoaded && html`<button type="button" class="button" onClick=${loadProjects}><${Icon} name="refresh" />Try again</button>`}
      </div>
    </div>`;
}

function Missing() {
  return html`
    <div class="pane-body">
      <div class="empty wide" role="alert">
        <span class="empty-icon"><${Icon} name="alert" /></span>
        <h3>${view.value.started ? "This project was deleted" : "There is no such project"}</h3>
        <p>${view.value.started ? "Somebody deleted it, here or in another window. Choose another one under Projects."
          : "The address names a project this server does not know. It may have been deleted, or the address is not complete. Choose another one under Projects."}</p>
        <button type="button" class="button" onClick=${() => { reopen(); void loadProjects(); }}><${Icon} name="refresh" />Look again</button>
      </div>
    </div>`;
}
