-- The whole schema as all migrations together make it; a test compares the two.

-- The tables of the service. Everything of an incident is keyed by incident_id; what is not is
-- small and shared (species, stations, accounts, counters). On Citus the former are distributed by
-- incident_id and the latter are reference tables; therefore no trigger, and no unique constraint
-- without incident_id on the former.

-- The role the service signs in as, or is a member of. It owns nothing; it may add to the timeline and
-- never change it. Its password is the operator's to set.
do $$
begin
    create role wildlife_service login;
exception when duplicate_object or unique_violation then null;  -- roles belong to the whole server
end
$$;
do $$
begin
    grant wildlife_service to current_user;
exception when insufficient_privilege then
    if not pg_has_role(current_user, 'wildlife_service', 'member') then
        raise exception 'the role wildlife_service was made by somebody else'
            using hint = 'As a superuser: grant wildlife_service to ' || quote_ident(current_user);
    end if;
end
$$;
revoke create on schema public from public;

-- ---------------------------------------------------------------- who acts

create table station (
    station_id uuid primary key,
    -- The first part of its case numbers: the GB/T 2260 code of its place, longer where the county
    -- has several stations; or the police's own code of the unit, which says no region.
    code text not null unique check (code ~ '^[0-9]{4,12}$'),
    name text not null,
    kind text not null,
    -- Where it lies. What it opens counts there, as long as nobody says where it was found.
    region_code text not null check (region_code ~ '^[0-9]{2,12}$'),
    parent_id uuid references station,
    -- Whose records its officials see: those of these regions, and those in which these stations, or
    -- ones below them, had a part. With neither they see nothing.
    competent_for_regions text[] not null default '{}'
        check (competent_for_regions::text ~ '^[{]([0-9]{2,12}(,[0-9]{2,12})*)?[}]$'),
    competent_for_stations uuid[] not null default '{}'
);

create table account (
    account_id uuid primary key,
    badge text not null unique,
    name text not null,
    -- null: it signs in by the identity provider of its agency, or is to, from its next sign-in on.
    password_hash text,
    created_at timestamptz not null default now(),
    disabled_at timestamptz,
    -- An original holds what renditions leave out (the place, the phone): a permission of its own,
    -- given or taken by an administrator in all that the account is; null: as each of its roles may.
    sees_originals boolean,
    -- Who it is at the provider, by which it is known again: there a name may go to another person.
    oidc_issuer text,
    oidc_subject text,
    constraint account_signs_in_one_way
        check ((oidc_issuer is null) = (oidc_subject is null)
            and (oidc_subject is null or password_hash is null)),
    constraint account_oidc_subject_key unique (oidc_issuer, oidc_subject)
);

-- What an account is: a role at a station, or at none. What it may, wildlife/people/may.py says; a role
-- that is not there may nothing. Whatever an account writes as, it is at one and the same station.
create table appointment (
    account_id uuid not null references account,
    role text not null,
    station_id uuid references station
        constraint appointment_has_station check (station_id is not null or role in ('auditor', 'admin')),
    -- Of an official: whether road incidents are seen, too.
    sees_roads boolean not null default false,
    unique nulls not distinct (account_id, role, station_id)
);

-- The phones of a unit, from which a session lasts: one that is lost is cut off, and all that goes on
-- there.
create table device (
    device_id uuid primary key,
    station_id uuid not null references station,
    name text not null,
    added_at timestamptz not null default now(),
    -- By which a phone becomes this device, once; its SHA-256.
    code_hash bytea unique,
    code_expires_at timestamptz not null,
    -- The SHA-256 of each token that was handed out for the code, since answers get lost; from the first
    -- that signs in on, that one alone.
    token_hashes bytea[] not null default '{}',
    enrolled_at timestamptz,
    last_used_at timestamptz,
    cut_off_at timestamptz
);
create index device_station on device (station_id);
create index device_token on device using gin (token_hashes);

-- Opaque tokens, by their SHA-256. The refresh tokens of a session count up; one of an earlier
-- generation holds until a later one is first used, so that a lost answer locks nobody out. It is
-- kept until it expires: that somebody still uses it is how a copy is noticed.
create table token (
    token_hash bytea primary key,
    session_id uuid not null,
    account_id uuid not null references account,
    kind text not null check (kind in ('access', 'refresh')),
    generation int not null,
    expires_at timestamptz not null,
    -- Of a refresh token: when it was first used. Whoever uses one of the same or an earlier
    -- generation afterwards holds a copy.
    used_at timestamptz,
    -- On which device a session goes on, if on one: for so long as that is not cut off.
    device_id uuid references device,
    -- When a session ends that began at the provider, however much it is gone on with.
    session_ends_at timestamptz
);
create index token_device on token (device_id) where device_id is not null;
create index token_session on token (session_id);
create index token_account on token (account_id);
create index token_expiry on token (expires_at);

-- Addresses at which a spreadsheet fetches a list again and again, each for one question.
create table feed (
    feed_id uuid primary key,
    account_id uuid not null references account,
    name text not null,
    -- The list, and what is asked of it: below `/api/v1`, and behind the `?`.
    path text not null,
    query text not null,
    -- The SHA-256 of the password that fetches it, which was told once.
    secret_hash bytea not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    last_used_at timestamptz
);
create index feed_account on feed (account_id);
create index feed_expiry on feed (expires_at);

-- Answers that are made once, in the background, and kept for a while as files: exports as jobs.
create table export (
    export_id uuid primary key,
    account_id uuid not null references account,
    -- What is asked: below `/api/v1`, and behind the `?`; in which language, of the service by which
    -- name, and from which address.
    path text not null,
    query text not null,
    language text not null,
    origin text not null,
    address inet,
    asked_at timestamptz not null default now(),
    -- When it is taken away, whatever became of it. Who ends it, ends it by this: the file goes
    -- before the row.
    expires_at timestamptz not null,
    -- Who makes it has it until then, and says again and again that it goes on. Where it says no more
    -- it was killed, and another makes it anew; `claims` tells the one from the other, and `attempts` does
    -- not count a claim that was let go.
    held_until timestamptz,
    attempts integer not null default 0,
    begun_at timestamptz,
    bytes bigint not null default 0,
    rows bigint,
    expected_rows bigint,
    finished_at timestamptz,
    -- Of what was made: its SHA-256, with the id the name of its file, and what its answer said of it.
    sha256 bytea,
    media_type text,
    disposition text,
    -- Or why it could not be: a code of the catalogue, and the sentence in both languages.
    problem text,
    problem_en text,
    problem_zh text,
    claims integer not null default 0
);
create index export_account on export (account_id);
create index export_expiry on export (expires_at);
create index export_waiting on export (asked_at, export_id) where finished_at is null;

-- Signing in with a badge from an address: how many wrong passwords came since the last right one,
-- and when. Rows are forgotten in time (wildlife/people/attempts.py); it stays on one node.
create table sign_in (
    badge_hash bytea not null,  -- a hash: some type their password into the field of the badge
    address inet not null,      -- of IPv6 the network of 64 bits
    failures int not null,
    failed_at timestamptz not null,
    succeeded_at timestamptz,
    primary key (badge_hash, address)
);
create index sign_in_failed_from on sign_in (address) where failures > 0;

-- What happens to accounts, units and devices, and by whose word. The service adds to it and never
-- changes it; who is in it is never deleted.
create table people_event (
    event_id uuid primary key,
    happened_at timestamptz not null default clock_timestamp(),
    kind text not null,
    account_id uuid,
    station_id uuid,
    device_id uuid,
    -- The units that it concerns, as it was then: who directs one of them hears of it.
    station_ids uuid[] not null,
    author_id uuid,      -- the account that did it; null: a command, or nobody who is known
    by_command boolean not null,
    address inet,
    change jsonb not null
);
create index people_event_happened on people_event (happened_at, event_id);
create index people_event_station on people_event using gin (station_ids);

-- The last serial given by a station on a day; case numbers have no gaps.
create table case_counter (
    station_id uuid not null references station,
    day date not null,
    last int not null,
    primary key (station_id, day)
);

-- ---------------------------------------------------------------- the register of species

create table protection_list (
    list text primary key,
    title text not null,
    issued_by text not null,
    valid_from date not null,
    valid_to date,
    taxa int,  -- how many the announcement names, where that is known
    -- What the codes of the regions begin with in which it holds; empty: in the whole country.
    jurisdiction text not null default '',
    unique (list, jurisdiction)
);

create table species (
    species_id text primary key,
    scientific_name text not null unique,
    chinese_name text not null,
    english_name text not null,
    aliases text[] not null,
    pinyin text not null,
    rank text not null check (rank in ('species', 'group')),
    class text not null,
    "order" text not null,
    family text not null,
    alien boolean not null,
    names_version int not null default 0,  -- of what made its rows of species_name
    -- The regions that it is native to, as above; none where nobody said.
    native_to text[] not null default '{}'
);
create index species_chinese_name on species (chinese_name);

-- What protection a taxon had from a day (to a day, that day included), by which list, and where.
-- `unlisted` by no list says that somebody looked; a day that no row covers is not known. Those of
-- one jurisdiction follow on each other; those of the country and of a region in it hold at once.
create table species_protection (
    species_id text not null references species,
    valid_from date not null,
    valid_to date check (valid_to >= valid_from),
    protection text not null
        check (protection in ('national_1', 'national_2', 'sanyou', 'provincial', 'unlisted')),
    list text,
    note text not null,
    jurisdiction text not null default '',
    authority text,  -- who is competent, where the list says it
    population text not null default 'all',  -- for which animals it holds: all, or wild ones
    primary key (species_id, jurisdiction, valid_from),
    foreign key (list, jurisdiction) references protection_list (list, jurisdiction)
        on update cascade
);

-- Every name a taxon can be found by, folded to how people type, with its characters and bigrams.
create table species_name (
    species_id text not null references species,
    name text not null,
    kind text not null check (kind in
        ('chinese_name', 'alias', 'pinyin', 'initials', 'alias_pinyin', 'alias_initials',
        'scientific_name', 'english_name')),
    folded text not null,
    terms text[] not null,
    primary key (species_id, kind, name)
);
-- Written by imports only: no pending list, which every search would have to read as well.
create index species_name_terms on species_name using gin (terms) with (fastupdate = off);

-- ---------------------------------------------------------------- the timeline: the record itself

-- `canonical` is the exact JSON that `digest` covers; it names the digest of the entry before it
-- in the incident. The other columns repeat what is in it, for queries.
create table entry (
    incident_id uuid not null,
    entry_id uuid not null,
    seq int not null,
    type text not null,
    happened_at timestamptz not null,
    recorded_at timestamptz not null,
    received_at timestamptz not null,
    target_id uuid,  -- the entry that this one amends or voids
    canonical text not null,
    digest bytea not null,
    sha256 bytea,  -- of a photo's bytes: nothing that an entry names is an orphan
    primary key (incident_id, entry_id),
    unique (incident_id, seq)
);
create index entry_sha256 on entry (sha256) where sha256 is not null;
-- A phone asks for its receipts by the ids of entries alone.
create index entry_entry_id on entry (entry_id);

-- Every entry of every incident, once, in one order: a place is given once an entry is committed, is
-- never changed, and there is none without an entry. An entry that commits late comes late in it.
create table ledger (
    position bigint primary key check (position >= 0),
    incident_id uuid not null,
    entry_id uuid not null,
    digest bytea not null,
    -- What an entry is blinded with in the tree: a proof of one shows the hashes of others beside it, and
    -- whoever guessed what those say, as a hidden place, could find out by them that they are right.
    salt uuid not null default gen_random_uuid(),
    unique (incident_id, entry_id)
);
-- The entries that have no place yet; written together with them.
create table unsequenced (
    incident_id uuid not null,
    entry_id uuid not null,
    seq int not null,
    digest bytea not null,
    primary key (incident_id, entry_id)
);
-- The hashes of whole subtrees of 256^level entries (RFC 6962): any root and any proof is a few reads
-- of them. They follow from the ledger, and are written once.
create table ledger_node (
    level smallint check (level > 0),
    number bigint check (number >= 0),
    hash bytea not null,
    primary key (level, number)
);
-- The keys that checkpoints are signed with, one after the other: the last one is that of now.
create table checkpoint_key (
    number int primary key,
    public_key bytea not null unique
);
-- What was signed, as it was given out: a size that was signed is never signed with another root.
create table checkpoint (
    number bigint primary key,
    size bigint not null,
    note text not null
);

-- To whom what is new is told as it comes: other systems, and people by mail. Each has its place in
-- the ledger, and no queue of its own.
create table subscription (
    subscription_id uuid primary key,
    account_id uuid not null references account,
    name text not null,
    -- What of `/changes` is asked for, behind the `?`; told to which URL, in which language, by the
    -- service of which address.
    query text not null,
    destination text not null,
    language text not null,
    origin text not null,
    -- What messages to a webhook are signed with, under which key; null: mail.
    sealed bytea,
    sealed_by bytea not null default '',
    created_at timestamptz not null default now(),
    -- Where it goes on: how many entries come before, and how the digest of the last of them begins.
    position bigint not null,
    before bytea not null,
    -- When its destination first took something, and what it took since.
    begun_at timestamptz,
    delivered bigint not null default 0,
    delivered_at timestamptz,
    -- Not before this: mail comes in batches, and what failed is tried again after a longer while each
    -- time. Who tells it puts that off as long as it goes on; `claims` tells one from the other.
    due_at timestamptz not null default now(),
    failing_since timestamptz,
    attempts integer not null default 0,
    failure text,
    status integer,
    ended_at timestamptz,
    claims integer not null default 0
);
create index subscription_account on subscription (account_id);
create index subscription_due on subscription (due_at) where ended_at is null;

-- Who reported, apart from the timeline: encrypted, for the handling station only, erasable.
create table informant (
    incident_id uuid not null,
    entry_id uuid not null,  -- which names them: the opening, or one that knows better
    salt bytea not null,
    sealed bytea,  -- null when erased
    erased_at timestamptz,
    sealed_by bytea not null default '',  -- the key's fingerprint; '' where version 0.1 sealed
    -- The texts of the incident in which they are named, or their number is: for its stations alone.
    named_in text[] not null default '{}',
    primary key (incident_id, entry_id)
);

-- Every erasure of who reported: by whom, when and why, and nobody who was erased. The service adds
-- to it and never changes it.
create table informant_erasure (
    incident_id uuid not null,
    erasure_id uuid not null,
    account_id uuid not null,
    erased_at timestamptz not null default now(),  -- that of those who were erased by it
    reason text,
    primary key (incident_id, erasure_id)
);

-- Bodies refused because their id was taken by other content, the incident has gone on without their
-- station, or is not there yet: refused, not lost. Each belongs to who sent it.
create table refused_body (
    incident_id uuid not null,
    refused_id uuid not null,
    entry_id uuid not null,
    account_id uuid not null,
    received_at timestamptz not null default now(),
    differing text[] not null,
    sealed bytea not null,
    -- Whom the body of an opening names: for the responsible station only, and null when erased.
    sealed_informant bytea,
    sha256 bytea,  -- of the photo that was refused: its bytes are kept too
    -- Through which who sent it had a part in the incident, else the one they were at.
    station_id uuid not null,
    code text not null default 'id_conflict',  -- why it was refused
    had_a_part boolean not null,  -- a stranger's stays a stranger's
    sealed_by bytea not null default '',
    informant_erased_at timestamptz,  -- whom it named: the same body never names anybody again
    primary key (incident_id, refused_id)
);
create index refused_body_account on refused_body (account_id);
create index refused_body_station on refused_body (station_id, received_at);
create index refused_body_sha256 on refused_body (sha256) where sha256 is not null;

-- What became of it: a person accepted it onto its timeline, or put it aside. It is never changed, and
-- of two at once one is first.
create table refused_settlement (
    incident_id uuid not null,
    refused_id uuid not null,
    account_id uuid not null,  -- whose doing it is
    settled_at timestamptz not null default now(),
    dismissed_for text,  -- why it was put aside; null: it was accepted
    note text,
    -- Of what was accepted corrected: a keyed digest of it as it was sent, by which that is known again.
    corrected_as bytea,
    primary key (incident_id, refused_id)
);
create index refused_body_id on refused_body (refused_id);
create index refused_body_received on refused_body (received_at, incident_id, refused_id);

-- A digest under the key that informants are sealed with: it tells whether a key is the right one,
-- and nothing about the key. One row, and a second one while keys are changed.
create table key_fingerprint (
    fingerprint bytea not null primary key,
    adopted_at timestamptz not null default now()
);

-- Keys that were lost for good: what they sealed is kept, and opened should one be found. What a key
-- sealed that the database never knew (0.1) bears the empty fingerprint.
create table lost_key (
    fingerprint bytea not null primary key,
    lost_at timestamptz not null default now(),
    found_at timestamptz
);

-- ---------------------------------------------------------------- who read it

-- Who read what. The service adds to it and never changes it. It stays on one node, as tokens do: it
-- is one chain, in the order in which it was put on record. What `digest` covers, says
-- wildlife/accesses/chain.py.
create table access (
    day date not null,  -- on which it was put on record, in the service's zone
    seq int not null,
    accessed_at timestamptz not null,
    account_id uuid not null,
    station_ids uuid[] not null,  -- the units at which they were what lets them read it
    device_id uuid,     -- null: at a desk
    address inet,
    reading text not null,
    incident_id uuid,
    photo_id uuid,
    listed text,        -- null: it was of one incident
    query text,
    digest bytea,
    primary key (day, seq)
);
create index access_incident on access (incident_id, day, seq) where incident_id is not null;
create index access_account on access (account_id, day, seq);
create index access_device on access (device_id, day, seq) where device_id is not null;
create index access_listed on access (listed, day, seq) where listed is not null;
create index access_station on access using gin (station_ids);
-- Those that are asked for most, and are few.
create index access_reading on access (reading, day, seq)
where reading in
    ('refused', 'informant', 'informant_erased', 'original', 'export', 'access_log');
-- Looks at originals of before have a place below 1, and no digest; from then on none is without.
alter table access add constraint access_is_chained check (digest is not null and seq > 0) not valid;

-- How each day of the log ends: a past day never grows.
create table access_day (
    day date primary key,
    after bytea not null,  -- the digest of the day before
    count int not null,
    digest bytea not null,
    earliest timestamptz not null  -- the first `accessed_at` in it
);

-- ---------------------------------------------------------------- projections of the timeline
-- All of these can be rewritten from the entries: `wildlife rebuild`. Each repeats the columns by
-- which a query is limited to what its reader may see: the stations that had a part in it see it, and
-- so do officials of the regions and for the stations that `seen_in` names (of roads, as `road:…`), and
-- the unit that has animals of it in its custody (`custody:…`).
-- wildlife/people/scope.py says it: of the rows of one thing everybody sees one.

create table incident (
    incident_id uuid not null,
    -- Of what an incident is told: `whole`, as it is; `generalized`, as those know it from whom its
    -- places are hidden; `custody:…`, that part of it which the unit of this id has in its custody. So
    -- it is with the rows of its animals and releases.
    view text not null default 'whole',
    kind text not null,
    case_number text not null,
    -- Every station that had a part in it, and the one that is responsible now.
    station_ids uuid[] not null,
    responsible_station_id uuid not null,
    -- The units that have, or had, any of its animals in their custody.
    custodian_ids uuid[] not null default '{}',
    seen_in text[] not null default '{}',  -- whom else it asks to see it
    region_code text not null,
    location point,
    coordinate_uncertainty_m double precision,  -- of `location`, where that is on the grid
    found_at timestamptz not null,
    duplicate_of uuid,  -- beside which lists and counts leave it out
    source text,  -- how its station learnt of it
    received_at timestamptz not null,
    state text not null,
    next_due_at timestamptz,
    seq int not null,
    digest bytea not null,
    search_text text not null,
    search_terms text[] not null,
    marks text[] not null default '{}',  -- rings and chips: ring:a1234
    document jsonb not null,
    -- Which version of the fold made this row: one of another is made again when it is read.
    fold_version int not null default 0,
    updated_at timestamptz not null default now(),  -- when the last entry came of which it tells
    missing text[] not null default '{}',
    flags text[] not null default '{}',
    officers text[] not null default '{}',  -- badges: who opened it, was there, is responsible, …
    photos int not null default 0,
    primary key (incident_id, view)
);
create index incident_found on incident (found_at desc, incident_id desc);
create index incident_station on incident (responsible_station_id, found_at desc);
create index incident_region on incident (region_code text_pattern_ops, found_at desc);
create index incident_state on incident (state, found_at desc);
create index incident_kind on incident (kind, found_at desc);
create index incident_due on incident (next_due_at) where next_due_at is not null;
create index incident_location on incident using gist (location);
create index incident_duplicate on incident (duplicate_of) where duplicate_of is not null;
create index incident_marks on incident using gin (marks) where marks <> '{}';
create index incident_updated on incident (updated_at);
create index incident_number on incident (case_number collate "C");
create index incident_officers on incident using gin (officers);
create index incident_flags on incident using gin (flags) where flags <> '{}';
create index incident_missing on incident using gin (missing) where missing <> '{}';
-- A text is searched in windows of time (wildlife/lists/windows.py): no more is read of a common word
-- than there is of it in one, among what somebody sees. The week is counted from a Monday, in UTC. A case
-- number has no pair of characters that is rare, and is found as a whole, or by its station and its day.
create index incident_search on incident using gin (
    search_terms, seen_in, station_ids,
    (array[case when isfinite(found_at)
        then ((found_at at time zone 'UTC')::date - date '2000-01-03') / 7 end]),
    (regexp_split_to_array(search_text, '[^0-9-]+')
        || regexp_split_to_array(search_text, '[^0-9]+'))
);
-- Else nothing were known of a word that not every fifteenth incident has.
alter table incident alter column search_terms set statistics 400;
-- It grows and is hardly ever changed: by a fiftieth is often enough, and soon enough, to be counted and
-- to be found in an index alone. So it is with those that follow.
alter table incident set (
    autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02
);

create table animal (
    incident_id uuid not null,
    view text not null default 'whole',
    number int not null,
    station_ids uuid[] not null,
    responsible_station_id uuid not null,
    seen_in text[] not null default '{}',  -- whom else it asks to see it
    region_code text not null,
    location point,
    coordinate_uncertainty_m double precision,  -- of `location`, where that is on the grid
    found_at timestamptz not null,
    duplicate_of uuid,
    source text,  -- how its station learnt of it
    reported_as text,
    species_id text,
    chinese_name text,
    scientific_name text,
    protection text,
    protection_list text,
    protections text[] not null default '{}',  -- all that held for it
    confidence text,
    count int not null,
    remaining int not null,
    life_stage text not null,
    sex text not null,
    cause text not null,
    condition text not null,
    outcome text,  -- of all of them; null where they came to several ends
    outcome_at timestamptz,
    outcomes jsonb not null default '[]',  -- by heads: [{"outcome", "count", "since"}]
    marks text[] not null default '{}',  -- by which it is known again: ring:a1234
    primary key (incident_id, view, number)
);
create index animal_found on animal (found_at desc, incident_id desc, number desc);
create index animal_species on animal (species_id, found_at desc);
create index animal_protection on animal (protection, found_at desc);
create index animal_provincial on animal (found_at desc) where 'provincial' = any(protections);
create index animal_region on animal (region_code text_pattern_ops, found_at desc);
create index animal_location on animal using gist (location);
create index animal_seen_in on animal using gin (seen_in);
create index animal_station_ids on animal using gin (station_ids);
create index animal_marks on animal using gin (marks) where marks <> '{}';
create index animal_outcomes on animal using gin (outcomes jsonb_path_ops);
create index animal_several_ends on animal (found_at desc, incident_id desc, number desc)
where jsonb_array_length(outcomes) > 1;
alter table animal set (
    autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02
);

create table release (
    incident_id uuid not null,
    view text not null default 'whole',
    entry_id uuid not null,
    animal int not null,
    station_ids uuid[] not null,
    responsible_station_id uuid not null,
    seen_in text[] not null default '{}',  -- whom else it asks to see it
    region_code text not null,
    location point,
    coordinate_uncertainty_m double precision,
    released_at timestamptz not null,
    species_id text not null,
    chinese_name text not null,
    scientific_name text not null,
    protection text,
    protection_list text,
    protections text[] not null default '{}',
    count int not null,
    returned int not null default 0,  -- how many of them came back into care
    died int not null default 0,  -- how many of them were found dead later
    life_stage text not null,
    sex text not null,
    method text not null,
    habitat text,
    site jsonb not null,
    officers text[] not null,
    officers_named jsonb,  -- whose badges they are: [{"badge", "name", "unit"}]
    unit text,  -- whose people let it go, where no officers did
    persons text[] not null default '{}',
    witness text,
    ring_number text,
    marks jsonb not null default '[]',
    fit_to_release boolean,
    judged_fit_by text,
    quarantine text,
    quarantine_certificate text,
    native_there boolean,
    reason_there text,
    weather text,
    consent text,
    monitoring text,
    found_at timestamptz not null,
    duplicate_of uuid,
    source text,  -- how its station learnt of it
    primary key (incident_id, view, entry_id)
);
create index release_released on release (released_at desc, incident_id desc, entry_id desc)
include (found_at);
create index release_species on release (species_id, released_at desc);
create index release_protection on release (protection, released_at desc);
create index release_provincial on release (released_at desc) where 'provincial' = any(protections);
create index release_region on release (region_code text_pattern_ops, released_at desc);
create index release_location on release using gist (location);
create index release_seen_in on release using gin (seen_in);
create index release_station_ids on release using gin (station_ids);
alter table release set (
    autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02
);

create table transfer (
    incident_id uuid not null,
    view text not null default 'whole',
    entry_id uuid not null,
    animal int not null,
    station_ids uuid[] not null,
    responsible_station_id uuid not null,
    seen_in text[] not null default '{}',  -- whom else it asks to see it
    region_code text not null,
    location point,
    coordinate_uncertainty_m double precision,  -- of `location`, where that is on the grid
    found_at timestamptz not null,
    duplicate_of uuid,
    source text,  -- how its station learnt of it
    transferred_at timestamptz not null,
    outcome text not null,
    recipient text,
    unit text,  -- the code of the unit of this service that took them over
    receipt_number text,
    confirmed int,  -- how many came, as who took them over says
    confirmed_at timestamptz,
    count int not null,
    returned int not null,
    went_on int not null,
    species_id text,
    chinese_name text,
    scientific_name text,
    protection text,
    protection_list text,
    protections text[] not null default '{}',
    life_stage text not null,
    sex text not null,
    primary key (incident_id, view, entry_id, animal)  -- of several alike, split since
);
create index transfer_transferred
on transfer (transferred_at desc, incident_id desc, entry_id desc, animal desc);
create index transfer_species on transfer (species_id, transferred_at desc);
create index transfer_region on transfer (region_code text_pattern_ops, transferred_at desc);
create index transfer_location on transfer using gist (location);
create index transfer_seen_in on transfer using gin (seen_in);
create index transfer_station_ids on transfer using gin (station_ids);
alter table transfer set (
    autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02
);

create table hazard (
    incident_id uuid not null,
    view text not null default 'whole',
    station_ids uuid[] not null,
    responsible_station_id uuid not null,
    seen_in text[] not null default '{}',  -- whom else it asks to see it
    region_code text not null,
    location point,
    coordinate_uncertainty_m double precision,  -- of `location`, where that is on the grid
    found_at timestamptz not null,
    duplicate_of uuid,
    source text,  -- how its station learnt of it
    type text not null,
    types text[] not null default '{}',  -- all of them, the main one first
    state text not null,
    passability text not null,
    cause text,
    road_name text,
    road_code text,
    road_category text not null,
    road_grade text,
    direction text,
    stake_from text,
    stake_to text,
    blocked_length_m double precision,
    blocked_lanes int,
    volume_m3 double precision,
    vehicles_stuck int,  -- the most at once; how many are stuck now is in the incident alone
    people_stuck int,
    injured int,
    dead int,
    damage_yuan double precision,
    recurrences int not null default 0,  -- how often it was blocked again after it had passed
    blocked_from timestamptz,  -- the last time when nothing passed
    blocked_until timestamptz,
    secured_at timestamptz,
    cleared_at timestamptz,
    reopened_at timestamptz,
    expected_reopening_at timestamptz,
    handed_over_to text,
    primary key (incident_id, view)
);
create index hazard_found on hazard (found_at desc, incident_id desc);
create index hazard_state on hazard (state, found_at desc);
create index hazard_passability on hazard (passability, found_at desc);
create index hazard_region on hazard (region_code text_pattern_ops, found_at desc);
create index hazard_location on hazard using gist (location);
create index hazard_seen_in on hazard using gin (seen_in);
create index hazard_station_ids on hazard using gin (station_ids);
create index hazard_types on hazard using gin (types);
alter table hazard set (
    autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02
);

create table photo (
    incident_id uuid not null,
    photo_id uuid not null,
    sha256 bytea not null,
    media_type text not null,
    size int not null,
    width int,  -- none where the header can't be read; the bytes are kept all the same
    height int,
    taken_at timestamptz,
    received_at timestamptz not null,
    about text,
    caption text,
    taken_place jsonb,  -- where the phone says that it was; `exif` is what the photo says of itself
    exif jsonb,
    flags text[] not null default '{}',
    shown_in text[] not null default '{}',  -- in which parts of its incident: `custody:…`
    -- The columns that do not follow from the timeline but from decoding the bytes. A photo without
    -- a `renditions` is the work list; nothing else says so.
    renditions text check (renditions in ('made', 'unreadable', 'abandoned')),
    difference_hash bigint,
    renditions_reason text,  -- why it can't be shown, or not yet
    -- What went wrong and says nothing of the file is tried again, each time after a longer while.
    renditions_attempts int,
    renditions_after timestamptz,
    incomplete boolean,  -- whether they show only part of the picture
    primary key (incident_id, photo_id)
);
create index photo_sha256 on photo (sha256);
create index photo_received on photo (received_at desc, incident_id desc, photo_id desc);
create index photo_to_render on photo (renditions_after nulls first, received_at)
where renditions is null;
-- Two hashes that differ in at most three of 64 bits agree in one of their four quarters.
create function quarters(hash bigint) returns int[] language sql immutable strict parallel safe
return array[
    (hash >> 48 & 65535)::int, (hash >> 32 & 65535)::int + 65536,
    (hash >> 16 & 65535)::int + 131072, (hash & 65535)::int + 196608
];
create index photo_difference_hash on photo using gin (quarters(difference_hash))
where difference_hash is not null;

-- ---------------------------------------------------------------- what the service may do

grant usage on schema public to wildlife_service;
grant select on all tables in schema public to wildlife_service;
grant insert on
    entry, ledger, ledger_node, checkpoint_key, checkpoint, refused_body, refused_settlement, access, access_day,
    informant_erasure, people_event, key_fingerprint
    to wildlife_service;
grant update (count, digest, earliest) on access_day to wildlife_service;
grant update (sealed_informant, informant_erased_at) on refused_body to wildlife_service;
grant insert, update on case_counter, informant, station, account, device to wildlife_service;
grant insert, delete on feed, unsequenced to wildlife_service;
grant update (secret_hash, expires_at, last_used_at) on feed to wildlife_service;
grant insert, update, delete on
    appointment, token, sign_in, export, subscription, incident, animal, release, transfer, hazard, photo,
    protection_list, species, species_protection, species_name
    to wildlife_service;
