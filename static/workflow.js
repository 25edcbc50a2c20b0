// A project's workflow as values: its five phases, and the gates at which it waits for a person. What is open the server
// is asked for; that a gate was opened or decided the feed and the chat tell as well, in any order, and more than once.
// A gate of a coding agent, which asks for permission, belongs to its command and ends with that.

import { isEnded } from "./execution.js";

/**
 * As on the wire (`GET …/gates`, `GET …/workflow`, `GET /api/documents/list/{project}`).
 * @typedef {"PENDING" | "APPROVED" | "REJECTED" | "EXPIRED" | "WITHDRAWN"} GateStatus
 * @typedef {{ id: string, project_id: string, phase_id?: string | null, phase?: string | null, gate_type: "vision" | "plan" | "validation" | "permission", question: string,
 *   execution_id?: string | null, options?: GateOption[], chosen?: string | null,
 *   context?: { what?: string | null, why?: string | null, next?: string | null, document_url?: string | null } | null,
 *   status: GateStatus, response?: string | null, created_at: string, responded_at?: string | null }} Gate
 * @typedef {{ id: string, name: string, kind: "allow_once" | "allow_always" | "reject_once" | "reject_always" }} GateOption what can be answered, in the coding agent's words
 * @typedef {"PENDING" | "IN_PROGRESS" | "AWAITING_APPROVAL" | "PAUSED" | "FAILED" | "COMPLETED"} PhaseStatus
 * @typedef {{ id: string, name: string, description?: string | null, status: PhaseStatus, order: number, is_completed: boolean, is_current: boolean,
 *   started_at?: string | null, completed_at?: string | null }} Phase
 * @typedef {"not_started" | "in_progress" | "awaiting_approval" | "paused" | "failed" | "completed"} WorkflowStatus
 * @typedef {{ id: string, name: string, type: "vision" | "plan", url: string }} Document
 */
/**
 * `gates` are those that are open and the last that were decided, the newest first. `at` is the seq of the last news of
 * the workflow in the feed; `problem` is why it could not be loaded.
 * @typedef {{ gates: Gate[], isLoaded: boolean, status: WorkflowStatus, phases: Phase[], at: number, problem: string | null }} Flow
 */

/** So many decided gates are remembered: enough for one that is told of late not to look open. */
const DECIDED_MAX = 20;

/** @type {Flow} */
export const NO_FLOW = { gates: [], isLoaded: false, status: "not_started", phases: [], at: 0, problem: null };

/** Those that wait for a person, the newest first. @param {Flow} flow */
export const openGates = (flow) => flow.gates.filter(isOpen);

/** @param {Gate} gate */
export const isOpen = (gate) => gate.status === "PENDING";

/** @param {Flow} flow */
export const isStarted = (flow) => flow.status !== "not_started" && flow.phases.length > 0;

/** Whether it goes on only when a person says so. @param {Flow} flow */
export const canContinue = (flow) => flow.status === "paused" || flow.status === "failed";

/** The phase it stands at; none when all are done. @param {Flow} flow @returns {Phase | null} */
export function currentPhase(flow) {
  return flow.phases.find((phase) => phase.is_current) ?? flow.phases.find((phase) => phase.status !== "COMPLETED") ?? null;
}

/** Whether the coding agent of a command waits for a person. @param {Flow} flow @param {string | undefined} executionId */
export const isAsking = (flow, executionId) => executionId !== undefined && openGates(flow).some((gate) => gate.execution_id === executionId);

/** What an activity says about a gate. @param {import("./state.js").Activity} activity @returns {Gate | null} */
export function gateOf({ kind, data }) {
  return kind === "gate" && data?.gate?.id ? data.gate : null;
}

/** Which command ended with it: what its coding agent asked is asked no more, of which nothing else tells. @param {import("./state.js").Activity} activity */
const endedBy = ({ kind, status, execution_id }) => kind === "status" && isEnded(status) ? execution_id ?? null : null;

/** Whether something of the workflow changed, so that the server is to be asked how it stands. @param {import("./state.js").Activity} activity */
export const isOfWorkflow = (activity) => activity.kind === "gate" || activity.kind === "phase" || endedBy(activity) !== null;

/** Whether there may be other documents now: a plan is one when the command that wrote it has ended. @param {import("./state.js").Activity} activity */
export const mayChangeDocuments = ({ kind, status }) => ["gate", "phase", "plan"].includes(kind) || (kind === "status" && status === "COMPLETED");

/**
 * The flow with what is known of a gate. One that is decided stays so: an old word of its opening does not bring it back.
 * @param {Flow} flow @param {Gate} gate @returns {Flow}
 */
export function withGate(flow, gate) {
  const known = flow.gates.find(({ id }) => id === gate.id);
  if (known && (!isOpen(known) || isSame(known, gate))) return flow;
  return { ...flow, gates: sorted([gate, ...flow.gates.filter(({ id }) => id !== gate.id)]) };
}

/** The flow after what the feed brought. @param {Flow} flow @param {import("./state.js").Activity[]} activities @returns {Flow} */
export function afterNews(flow, activities) {
  const news = activities.filter(isOfWorkflow);
  if (news.length === 0) return flow;
  const next = news.reduce((held, one) => {
    const gate = gateOf(one);
    return gate ? withGate(held, gate) : withoutQuestionsOf(held, endedBy(one));
  }, flow);
  return { ...next, at: Math.max(next.at, ...news.map(({ seq }) => seq)) };
}

/** @param {Flow} flow @param {string | null} executionId one that has ended @returns {Flow} */
function withoutQuestionsOf(flow, executionId) {
  if (executionId === null || !isAsking(flow, executionId)) return flow;
  return { ...flow, gates: flow.gates.map((gate) => isOpen(gate) && gate.execution_id === executionId ? { ...gate, status: "WITHDRAWN" } : gate) };
}

/**
 * The flow as the server has it. An answer to a question that was asked (`asked` is how far the feed was then) before the
 * last news is older than that: it is let go, because with the news it was asked again.
 * @param {Flow} flow @param {{ workflow?: { status: WorkflowStatus, phases: Phase[], gate?: Gate | null }, gates?: Gate[], asked: number }} answer
 * @returns {Flow}
 */
export function withAnswer(flow, { workflow, gates, asked }) {
  if (asked < flow.at) return flow;
  let next = { ...flow, isLoaded: true, problem: null };
  if (workflow) next = { ...next, status: workflow.status, phases: workflow.phases.toSorted((a, b) => a.order - b.order) };
  if (!gates) return workflow?.gate ? withGate(next, workflow.gate) : next;
  // One that was open here and is not in the list was decided while nobody listened.
  const kept = { ...next, gates: next.gates.filter((gate) => !isOpen(gate) || gates.some(({ id }) => id === gate.id)) };
  return gates.reduce(withGate, kept);
}

/** @param {Gate[]} gates */
function sorted(gates) {
  const newest = gates.toSorted((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at) || (a.id < b.id ? 1 : -1));
  const decided = newest.filter((gate) => !isOpen(gate)).slice(0, DECIDED_MAX);
  return newest.filter((gate) => isOpen(gate) || decided.includes(gate));
}

/** @param {Gate} a @param {Gate} b */
const isSame = (a, b) => a.status === b.status && JSON.stringify(a) === JSON.stringify(b);
