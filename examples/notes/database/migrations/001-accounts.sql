CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  password TEXT NOT NULL, -- scrypt, with its parameters and salt
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (
  id TEXT PRIMARY KEY, -- SHA-256 of the token in the cookie: who reads this table cannot sign in with it
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  expires_at TEXT NOT NULL
) STRICT;

CREATE INDEX sessions_of_user ON sessions (user_id);

CREATE TABLE attempts (
  key TEXT NOT NULL, -- what is counted, such as "sign-in:aino"
  at INTEGER NOT NULL -- milliseconds since 1970
) STRICT;

CREATE INDEX attempts_by_key ON attempts (key, at);
CREATE INDEX attempts_by_age ON attempts (at);
