-- The predecessor's tables, with something of everything in them: also what cannot be taken.
CREATE TYPE projectstatus AS ENUM ('BRAINSTORMING', 'VISION_REVIEW', 'PLANNING', 'IN_PROGRESS', 'PAUSED', 'COMPLETED');
CREATE TYPE executionstatus AS ENUM ('QUEUED', 'RUNNING', 'COMPLETED', 'FAILED');

CREATE TABLE projects (
  id uuid PRIMARY KEY, name varchar(255) NOT NULL, description text, status projectstatus NOT NULL,
  github_repo_url varchar(500), telegram_chat_id bigint, vision_document jsonb,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL
);
-- Without a title, and times with a time zone.
CREATE TABLE conversation_topics (
  id uuid PRIMARY KEY, project_id uuid NOT NULL REFERENCES projects, is_active boolean NOT NULL,
  started_at timestamptz NOT NULL, ended_at timestamptz
);
-- Without references: so there is a message of nobody.
CREATE TABLE conversation_messages (
  id uuid PRIMARY KEY, project_id uuid NOT NULL, topic_id uuid, role varchar(20) NOT NULL, content text NOT NULL,
  timestamp timestamp NOT NULL
);
CREATE TABLE workflow_phases (
  id uuid PRIMARY KEY, project_id uuid NOT NULL REFERENCES projects, phase_number int NOT NULL, name varchar(100) NOT NULL,
  description text, status varchar(20) NOT NULL, started_at timestamp, completed_at timestamp
);
CREATE TABLE approval_gates (
  id uuid PRIMARY KEY, project_id uuid NOT NULL REFERENCES projects, phase_id uuid REFERENCES workflow_phases,
  gate_type varchar(50) NOT NULL, question text NOT NULL, context json, status varchar(20) NOT NULL, response text,
  created_at timestamp NOT NULL, responded_at timestamp
);
CREATE TABLE scar_executions (
  id uuid PRIMARY KEY, project_id uuid NOT NULL REFERENCES projects, phase_id uuid REFERENCES workflow_phases,
  command_type varchar(50) NOT NULL, command_args json, branch_name text, status executionstatus NOT NULL,
  output text, error text, started_at timestamp, completed_at timestamp
);

INSERT INTO projects VALUES
  ('00000000-0000-4000-8000-000000000001', 'Pots', 'Cups and plates', 'PLANNING', 'https://github.com/ann/pots', 4200000000,
   '{"what_it_is": "A shop for pottery", "who_its_for": "People who like cups"}', '2025-03-01 10:00:00', '2025-03-01 12:00:00.123456'),
  ('00000000-0000-4000-8000-000000000002', 'Quiet', NULL, 'BRAINSTORMING', NULL, NULL, NULL, '2025-04-01 10:00:00', '2025-04-01 10:00:00'),
  ('00000000-0000-4000-8000-000000000003', '  ', NULL, 'PAUSED', NULL, NULL, NULL, '2025-05-01 10:00:00', '2025-05-01 10:00:00');
INSERT INTO conversation_topics VALUES
  ('00000000-0000-4000-8000-000000000011', '00000000-0000-4000-8000-000000000001', false, '2025-03-01 11:00:00+01', '2025-03-01 10:30:00+00'),
  ('00000000-0000-4000-8000-000000000012', '00000000-0000-4000-8000-000000000001', true, '2025-03-01 10:30:00+00', NULL);
INSERT INTO conversation_messages VALUES
  ('00000000-0000-4000-8000-000000000021', '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000011',
   'USER', 'I want a shop', '2025-03-01 10:01:00.000001'),
  ('00000000-0000-4000-8000-000000000022', '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000011',
   'assistant', 'Tell me more', '2025-03-01 10:02:00'),
  ('00000000-0000-4000-8000-000000000023', '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000012',
   'user', 'analyze the codebase', '2025-03-01 10:40:00'),
  ('00000000-0000-4000-8000-000000000024', '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000012',
   'robot', 'beep', '2025-03-01 10:41:00'),
  ('00000000-0000-4000-8000-000000000025', '00000000-0000-4000-8000-00000000dead', NULL, 'user', 'is anybody there?', '2025-03-01 10:42:00'),
  ('00000000-0000-4000-8000-000000000026', '00000000-0000-4000-8000-000000000002', NULL, 'user', 'hello', '2025-04-01 10:01:00');
INSERT INTO workflow_phases VALUES
  ('00000000-0000-4000-8000-000000000031', '00000000-0000-4000-8000-000000000001', 1, 'Vision Document Review', NULL, 'COMPLETED',
   '2025-03-01 10:05:00', '2025-03-01 10:10:00'),
  ('00000000-0000-4000-8000-000000000032', '00000000-0000-4000-8000-000000000001', 2, 'Prime Context', NULL, 'completed',
   '2025-03-01 10:10:00', '2025-03-01 10:20:00'),
  ('00000000-0000-4000-8000-000000000033', '00000000-0000-4000-8000-000000000001', 3, 'Plan Feature', NULL, 'in_progress',
   '2025-03-01 10:45:00', NULL),
  ('00000000-0000-4000-8000-000000000034', '00000000-0000-4000-8000-000000000001', 9, 'Party', NULL, 'PENDING', NULL, NULL);
INSERT INTO approval_gates VALUES
  ('00000000-0000-4000-8000-000000000041', '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000031',
   'VISION_DOC', 'Is this the vision?', '{"summary": "a shop"}', 'APPROVED', 'lovely', '2025-03-01 10:06:00', '2025-03-01 10:09:00'),
  ('00000000-0000-4000-8000-000000000042', '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000033',
   'plan_review', 'Build it?', NULL, 'pending', NULL, '2025-03-01 10:50:00', NULL);
INSERT INTO scar_executions VALUES
  ('00000000-0000-4000-8000-000000000051', '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000032',
   'PRIME', '[]', NULL, 'COMPLETED', 'It is a shop.', NULL, '2025-03-01 10:11:00', '2025-03-01 10:19:30.5'),
  ('00000000-0000-4000-8000-000000000052', '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000033',
   'PLAN_FEATURE_GITHUB', '["a", "basket"]', 'feature/basket', 'RUNNING', 'so far', NULL, '2025-03-01 10:46:00', NULL),
  ('00000000-0000-4000-8000-000000000053', '00000000-0000-4000-8000-000000000001', NULL,
   'VALIDATE', NULL, NULL, 'FAILED', NULL, 'two tests failed', '2025-03-01 10:44:00', '2025-03-01 10:44:10'),
  ('00000000-0000-4000-8000-000000000054', '00000000-0000-4000-8000-000000000001', NULL,
   'DANCE', NULL, NULL, 'QUEUED', NULL, NULL, NULL, NULL);
