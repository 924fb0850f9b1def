CREATE TABLE attachments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  note_id INTEGER NOT NULL REFERENCES notes (id) ON DELETE CASCADE,
  name TEXT NOT NULL, -- what the client called it: shown, and never used as a path
  type TEXT NOT NULL,
  size INTEGER NOT NULL,
  file TEXT NOT NULL UNIQUE, -- what it is called on disk: a random UUID
  created_at TEXT NOT NULL
) STRICT;

CREATE INDEX attachments_of_note ON attachments (note_id);
