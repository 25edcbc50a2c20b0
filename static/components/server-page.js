// How the whole server is: what is wrong and what to do about it, the way of a change, and all that is known.

import { html, useEffect } from "../lib.js";
import { ago, toMs } from "../format.js";
import { diagnosticsHash, projectHash } from "../route.js";
import { report, watchReport } from "../server-report.js";
import { actorWords, factsOf, stagesOf, toneOf, treeOf, verdictOf } from "../server-words.js";
import { now } from "../store.js";
import { commandWords } from "../words.js";
import { GitHubCard } from "./github-card.js";
import { Icon } from "./icon.js";
import { Webhook } from "./webhook.js";

/** @type {Record<import("../server-words.js").Tone, string>} */
const ICONS = { good: "check", warn: "info", bad: "alert", unknown: "clock" };

export function ServerPage() {
  useEffect(watchReport, []);
  const { report: found } = report.value;
  const at = Math.max(now.value, Date.now());
  const verdict = verdictOf(report.value);
  return html`
    <main class="diagnostics" aria-labelledby="server-title">
      <div class="diagnostics-page">
        <div class="diagnostics-head">
          <h2 id="server-title">This server</h2>
          <a class="button small" href="/metrics"><${Icon} name="gauge" />Metrics</a>
          <a class="button small" href=${diagnosticsHash(null)}><${Icon} name="close" />Back</a>
        </div>
        <p class="verdict" data-tone=${verdict.tone} role="status"><${Icon} name=${ICONS[verdict.tone]} />${verdict.says}</p>
        ${found && html`
          <${Findings} findings=${found.findings} />
          <${Way} canary=${found.canary} at=${at} />
          <${Facts} facts=${factsOf(found, at)} />
          <${Backends} backends=${found.backends} at=${at} />
          <${GitHubCard} github=${found.github} at=${at} />
          <${Webhook} told=${found.notifications} at=${at} />
          <${Running} running=${found.executions.running ?? []} at=${at} />
          <${Actors} actors=${found.actors} at=${at} />`}
        <p class="hint">This page looks again by itself every few seconds.</p>
      </div>
    </main>`;
}

/** @param {{ findings: any[] }} props */
function Findings({ findings }) {
  if (findings.length === 0) return null;
  return html`
    <ul class="checks" aria-label="What is wrong">
      ${findings.map((one) => html`
        <li class="check" key=${one.what} data-finding=${one.kind} data-tone=${toneOf(one)}>
          <span class="check-icon"><${Icon} name=${ICONS[toneOf(one)]} label=${toneOf(one) === "bad" ? "not working" : "look at this"} /></span>
          <div class="check-text">
            <h3>${one.what}</h3>
            <p>${one.cause}</p>
            <p class="check-advice">${one.next_step}</p>
            ${one.project_id && html`<p><a class="link" href=${projectHash(one.project_id)}>Go to the project</a></p>`}
          </div>
        </li>`)}
    </ul>`;
}

/** @param {{ canary: any, at: number }} props */
function Way({ canary, at }) {
  return html`
    <section class="server-part" aria-labelledby="way-title">
      <h3 id="way-title">The way of a change</h3>
      <ol class="stages">
        ${stagesOf(canary).map((stage) => html`<li key=${stage.id} data-stage=${stage.id} data-tone=${stage.tone} title=${stage.means}><span>${stage.name}</span><b>${stage.says}</b></li>`)}
      </ol>
      ${canary.why && html`<p class="check-more">${canary.why}</p>`}
      <p class="check-more">Tested ${ago(toMs(canary.at) ?? at, at)}, with a change of its own: how old it was at each stage.</p>
    </section>`;
}

/** @param {{ facts: import("../server-words.js").Fact[] }} props */
function Facts({ facts }) {
  return html`<dl class="facts">${facts.map(({ name, says }) => html`<div key=${name}><dt>${name}</dt><dd>${says}</dd></div>`)}</dl>`;
}

/** @param {{ backends: any[], at: number }} props */
function Backends({ backends, at }) {
  return html`
    <section class="server-part" aria-labelledby="backends-title">
      <h3 id="backends-title">Where commands run</h3>
      <ul>
        ${backends.map(({ name, label, is_usual, running, health }) => html`
          <li class="server-row" key=${name}>
            <span class="server-name">${label}${is_usual && html` <span class="badge">the usual place</span>`}</span>
            <span class="badge" data-tone=${health.trouble ? "failed" : running > 0 ? "running" : "idle"}>${health.trouble ? `away since ${ago(toMs(health.trouble.since) ?? at, at)}` : `${running} running`}</span>
          </li>`)}
      </ul>
    </section>`;
}

/** @param {{ running: any[], at: number }} props */
function Running({ running, at }) {
  if (running.length === 0) return null;
  return html`
    <section class="server-part" aria-labelledby="running-title">
      <h3 id="running-title">What runs</h3>
      <ul>
        ${running.map((one) => html`
          <li class="server-row" key=${one.id}>
            <a class="server-name" href=${projectHash(one.project_id)}>${one.project_name}: ${commandWords(one.command).title}</a>
            <span class="badge" data-tone=${one.is_stuck ? "stalled" : "running"}>last word ${ago(toMs(one.last_word_at) ?? at, at)}</span>
          </li>`)}
      </ul>
    </section>`;
}

/** @param {{ actors: any[], at: number }} props */
function Actors({ actors, at }) {
  return html`
    <section class="server-part" aria-labelledby="actors-title">
      <h3 id="actors-title">Parts of the program</h3>
      <ul>
        ${treeOf(actors).map(({ actor, depth }) => html`
          <li class="server-row" key=${actor.name} style=${{ paddingInlineStart: `${depth * 16}px` }}>
            <span class="server-name mono">${actor.name}</span>
            <span class="server-says" data-tone=${actor.state === "running" ? "good" : "bad"}>${actorWords(actor, at)}</span>
          </li>`)}
      </ul>
    </section>`;
}
