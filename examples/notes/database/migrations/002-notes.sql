CREATE TABLE notes (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- the id of a deleted note is not given away again
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE INDEX notes_of_user ON notes (user_id, updated_at);

-- The index of words reads its text from "notes"; the triggers tell it of every change.
CREATE VIRTUAL TABLE notes_search USING fts5 (
  title, body, content = 'notes', content_rowid = 'id', tokenize = "unicode61 remove_diacritics 2"
);

CREATE TRIGGER notes_inserted AFTER INSERT ON notes BEGIN
  INSERT INTO notes_search (rowid, title, body) VALUES (new.id, new.title, new.body);
END;

CREATE TRIGGER notes_deleted AFTER DELETE ON notes BEGIN
  INSERT INTO notes_search (notes_search, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
END;

CREATE TRIGGER notes_updated AFTER UPDATE OF title, body ON notes BEGIN
  INSERT INTO notes_search (notes_search, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
  INSERT INTO notes_search (rowid, title, body) VALUES (new.id, new.title, new.body);
END;
