-- Signing in: a token that was superseded is remembered.

-- Of a refresh token: when it was first used. Whoever uses one of the same or an earlier generation
-- afterwards holds a copy.
alter table token add column used_at timestamptz;
