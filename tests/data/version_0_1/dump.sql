-- What version 0.1 (its migrations 0001 and 0002) had in its database after a short day, as pg_dump
-- wrote it; without the register of species, which each animal's timeline repeats, and without tokens.
-- Beside it lie its photos, two uploads that broke off, what they still lack, and its key.

CREATE FUNCTION public.quarters(hash bigint) RETURNS integer[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY[(((hash >> 48) & (65535)::bigint))::integer, ((((hash >> 32) & (65535)::bigint))::integer + 65536), ((((hash >> 16) & (65535)::bigint))::integer + 131072), (((hash & (65535)::bigint))::integer + 196608)];

CREATE TABLE public.account (
    account_id uuid NOT NULL,
    badge text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    station_id uuid,
    password_hash text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    disabled_at timestamp with time zone,
    sees_originals boolean DEFAULT false NOT NULL,
    CONSTRAINT account_check CHECK (((station_id IS NOT NULL) OR (role = 'admin'::text))),
    CONSTRAINT account_role_check CHECK ((role = ANY (ARRAY['officer'::text, 'official'::text, 'admin'::text])))
);

CREATE TABLE public.animal (
    incident_id uuid NOT NULL,
    number integer NOT NULL,
    station_id uuid NOT NULL,
    responsible_station_id uuid NOT NULL,
    region_code text NOT NULL,
    location point,
    found_at timestamp with time zone NOT NULL,
    reported_as text,
    species_id text,
    chinese_name text,
    scientific_name text,
    protection text,
    protection_list text,
    confidence text,
    count integer NOT NULL,
    remaining integer NOT NULL,
    life_stage text NOT NULL,
    sex text NOT NULL,
    cause text NOT NULL,
    condition text NOT NULL,
    outcome text NOT NULL,
    outcome_at timestamp with time zone
);

CREATE TABLE public.case_counter (
    station_id uuid NOT NULL,
    day date NOT NULL,
    last integer NOT NULL
);

CREATE TABLE public.entry (
    incident_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    seq integer NOT NULL,
    type text NOT NULL,
    happened_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    target_id uuid,
    canonical text NOT NULL,
    digest bytea NOT NULL,
    sha256 bytea
);

CREATE TABLE public.hazard (
    incident_id uuid NOT NULL,
    station_id uuid NOT NULL,
    responsible_station_id uuid NOT NULL,
    region_code text NOT NULL,
    location point,
    found_at timestamp with time zone NOT NULL,
    type text NOT NULL,
    state text NOT NULL,
    passability text NOT NULL,
    road_name text,
    road_code text,
    road_category text NOT NULL,
    stake_from text,
    stake_to text,
    secured_at timestamp with time zone,
    cleared_at timestamp with time zone,
    reopened_at timestamp with time zone
);

CREATE TABLE public.incident (
    incident_id uuid NOT NULL,
    kind text NOT NULL,
    case_number text NOT NULL,
    station_id uuid NOT NULL,
    responsible_station_id uuid NOT NULL,
    region_code text NOT NULL,
    location point,
    found_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    state text NOT NULL,
    next_due_at timestamp with time zone,
    seq integer NOT NULL,
    digest bytea NOT NULL,
    search_text text NOT NULL,
    search_terms text[] NOT NULL,
    document jsonb NOT NULL
);

CREATE TABLE public.informant (
    incident_id uuid NOT NULL,
    salt bytea NOT NULL,
    sealed bytea,
    erased_at timestamp with time zone
);

CREATE TABLE public.migration (
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.original_access (
    incident_id uuid NOT NULL,
    access_id uuid NOT NULL,
    photo_id uuid NOT NULL,
    account_id uuid NOT NULL,
    accessed_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.photo (
    incident_id uuid NOT NULL,
    photo_id uuid NOT NULL,
    sha256 bytea NOT NULL,
    media_type text NOT NULL,
    size integer NOT NULL,
    width integer,
    height integer,
    taken_at timestamp with time zone,
    received_at timestamp with time zone NOT NULL,
    about text,
    caption text,
    exif jsonb,
    flags text[] DEFAULT '{}'::text[] NOT NULL,
    renditions text,
    difference_hash bigint,
    CONSTRAINT photo_renditions_check CHECK ((renditions = ANY (ARRAY['made'::text, 'unreadable'::text, 'abandoned'::text])))
);

CREATE TABLE public.protection_list (
    list text NOT NULL,
    title text NOT NULL,
    issued_by text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    taxa integer
);

CREATE TABLE public.refused_body (
    incident_id uuid NOT NULL,
    refused_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    account_id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    differing text[] NOT NULL,
    sealed bytea NOT NULL,
    sealed_informant bytea,
    sha256 bytea
);

CREATE TABLE public.release (
    incident_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    animal integer NOT NULL,
    station_id uuid NOT NULL,
    responsible_station_id uuid NOT NULL,
    region_code text NOT NULL,
    location point,
    released_at timestamp with time zone NOT NULL,
    species_id text NOT NULL,
    chinese_name text NOT NULL,
    scientific_name text NOT NULL,
    protection text,
    protection_list text,
    count integer NOT NULL,
    life_stage text NOT NULL,
    sex text NOT NULL,
    method text NOT NULL,
    habitat text,
    site jsonb NOT NULL,
    officers text[] NOT NULL,
    witness text,
    ring_number text,
    fit_to_release boolean,
    found_at timestamp with time zone NOT NULL
);

CREATE TABLE public.species (
    species_id text NOT NULL,
    scientific_name text NOT NULL,
    chinese_name text NOT NULL,
    english_name text NOT NULL,
    aliases text[] NOT NULL,
    pinyin text NOT NULL,
    rank text NOT NULL,
    class text NOT NULL,
    "order" text NOT NULL,
    family text NOT NULL,
    alien boolean NOT NULL,
    CONSTRAINT species_rank_check CHECK ((rank = ANY (ARRAY['species'::text, 'group'::text])))
);

CREATE TABLE public.species_name (
    species_id text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    folded text NOT NULL,
    terms text[] NOT NULL,
    CONSTRAINT species_name_kind_check CHECK ((kind = ANY (ARRAY['chinese_name'::text, 'alias'::text, 'pinyin'::text, 'initials'::text, 'scientific_name'::text, 'english_name'::text])))
);

CREATE TABLE public.species_protection (
    species_id text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    protection text NOT NULL,
    list text,
    note text NOT NULL,
    CONSTRAINT species_protection_check CHECK ((valid_to >= valid_from)),
    CONSTRAINT species_protection_protection_check CHECK ((protection = ANY (ARRAY['national_1'::text, 'national_2'::text, 'sanyou'::text, 'provincial'::text, 'unlisted'::text])))
);

CREATE TABLE public.station (
    station_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    region_code text NOT NULL,
    parent_id uuid,
    CONSTRAINT station_code_check CHECK ((code ~ '^\d{4,12}$'::text)),
    CONSTRAINT station_region_code_check CHECK ((region_code ~ '^\d{2,12}$'::text))
);

CREATE TABLE public.token (
    token_hash bytea NOT NULL,
    session_id uuid NOT NULL,
    account_id uuid NOT NULL,
    kind text NOT NULL,
    generation integer NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT token_kind_check CHECK ((kind = ANY (ARRAY['access'::text, 'refresh'::text])))
);

INSERT INTO public.account VALUES
	('3b69fe7e-fe9a-4583-8478-2d43f9d466e8', '150425001', '大局子民警', 'officer', '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '$argon2id$v=19$m=19456,t=2,p=1$TijncCmkrwoZm2JuDnbbEg$TiKCs4MS77ZGwG4VbuZtwg7u2kp4jPnFg81d8iUzqQE', '2026-11-26 17:48:04.169048+00', NULL, true),
	('bb3bae98-f630-4a92-8014-fad2dabd5ca1', '150723001', '克一河民警', 'officer', '7f257b08-5369-446c-bfaf-5cc2517349d4', '$argon2id$v=19$m=19456,t=2,p=1$TijncCmkrwoZm2JuDnbbEg$TiKCs4MS77ZGwG4VbuZtwg7u2kp4jPnFg81d8iUzqQE', '2026-11-26 17:48:04.169048+00', NULL, true),
	('8cd9602c-d265-4f8d-98ee-71e44bc03468', 'LC1504', '赤峰野生动物主管', 'official', '89399d65-14cd-47cc-a2e3-e840099d34b2', '$argon2id$v=19$m=19456,t=2,p=1$TijncCmkrwoZm2JuDnbbEg$TiKCs4MS77ZGwG4VbuZtwg7u2kp4jPnFg81d8iUzqQE', '2026-11-26 17:48:04.169048+00', NULL, false),
	('cc338444-a070-41a7-827b-5320eadde769', 'admin', '管理员', 'admin', NULL, '$argon2id$v=19$m=19456,t=2,p=1$TijncCmkrwoZm2JuDnbbEg$TiKCs4MS77ZGwG4VbuZtwg7u2kp4jPnFg81d8iUzqQE', '2026-11-26 17:48:04.169048+00', NULL, false);

INSERT INTO public.animal VALUES
	('01910000-0000-7000-8000-000000000001', 1, '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '150425', '(117.542,43.318)', '2024-07-29 07:20:00+00', '长嘴巴怪鸟', 'phalacrocorax_carbo', '普通鸬鹚', 'Phalacrocorax carbo', 'sanyou', 'SANYOU-2023-17', 'certain', 1, 0, 'unknown', 'unknown', 'weather_soaked', 'weak', 'released', '2024-08-04 02:30:00+00'),
	('01910000-0000-7000-8000-000000000017', 1, '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '150425', '(117.542,43.318)', '0001-12-31 23:59:43+00 BC', '长嘴巴怪鸟', NULL, NULL, NULL, NULL, NULL, NULL, 1, 1, 'unknown', 'unknown', 'weather_soaked', 'weak', 'in_care', NULL),
	('01910000-0000-7000-8000-000000000019', 1, '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '1５0４２５', '(117.542,43.318)', '2024-07-29 07:20:00+00', '长嘴巴怪鸟', NULL, NULL, NULL, NULL, NULL, NULL, 1, 1, 'unknown', 'unknown', 'weather_soaked', 'weak', 'in_care', NULL),
	('01910000-0000-7000-8000-000000000020', 1, '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '150425
', '(117.542,43.318)', '2024-07-29 07:20:00+00', '长嘴巴怪鸟', NULL, NULL, NULL, NULL, NULL, NULL, 1, 1, 'unknown', 'unknown', 'weather_soaked', 'weak', 'in_care', NULL),
	('01910000-0000-7000-8000-000000000025', 1, '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '150425', '(117.542,43.318)', '2024-07-29 07:20:00+00', '长嘴巴怪鸟', NULL, NULL, NULL, NULL, NULL, NULL, 1, 1, 'unknown', 'unknown', 'weather_soaked', 'weak', 'in_care', NULL);

INSERT INTO public.case_counter VALUES
	('7f257b08-5369-446c-bfaf-5cc2517349d4', '2026-11-27', 1),
	('9ecde0a3-645c-4982-a4f8-76eb1173ef87', '2026-11-27', 5);

INSERT INTO public.entry VALUES
	('01910000-0000-7000-8000-000000000001', '01910000-0000-7000-8000-000000000001', 1, 'opening', '2024-07-29 07:20:00+00', '2026-11-26 17:48:06.166566+00', '2026-11-26 17:48:06.166566+00', NULL, '{"actor":{"account_id":"3b69fe7e-fe9a-4583-8478-2d43f9d466e8","badge":"150425001","name":"大局子民警","role":"officer","station":{"code":"150425","name":"大局子森林派出所","station_id":"9ecde0a3-645c-4982-a4f8-76eb1173ef87"}},"body":{"animals":[{"cause":"weather_soaked","condition":"weak","reported_as":"长嘴巴怪鸟"}],"found_at":"2024-07-29T15:20:00+08:00","id":"01910000-0000-7000-8000-000000000001","kind":"rescue","place":{"description":"大局子林场三道沟","point":{"datum":"WGS84","latitude":43.318,"longitude":117.542},"region_code":"150425"},"source":"report","summary":"林中发现长嘴巴怪鸟被困"},"facts":{"case_number":"150425-20261127-001","informant_digest":"c5f4774da2bdaf2c436311d42f5f0ee27f4f81ea8cf1aba4e698c1f7f5b2cf4c"},"incident_id":"01910000-0000-7000-8000-000000000001","previous":"0000000000000000000000000000000000000000000000000000000000000000","received_at":"2026-11-27T01:48:06.166566+08:00","seq":1}', '\x0c8ecaed11f15cf521d1f0fc6660b86e7fceea2601128e1514278c23fa85dcce', NULL),
	('01910000-0000-7000-8000-000000000001', '01910000-0000-7000-8000-000000000002', 2, 'photo', '2024-07-29 08:05:00+00', '2024-07-29 08:05:00+00', '2026-11-26 17:48:06.393622+00', NULL, '{"actor":{"account_id":"3b69fe7e-fe9a-4583-8478-2d43f9d466e8","badge":"150425001","name":"大局子民警","role":"officer","station":{"code":"150425","name":"大局子森林派出所","station_id":"9ecde0a3-645c-4982-a4f8-76eb1173ef87"}},"body":{"about":"animal:1","caption":"发现时","happened_at":"2024-07-29T16:05:00+08:00","id":"01910000-0000-7000-8000-000000000002","recorded_at":"2024-07-29T16:05:00+08:00","taken_at":"2024-07-29T16:05:00+08:00","type":"photo"},"facts":{"image":{"height":36,"media_type":"image/jpeg","sha256":"c11abafe2f7444ddf45c72a38c51702aeab30a32c13bc8c83f58d7ee4a6e0d92","size":2412,"width":48}},"incident_id":"01910000-0000-7000-8000-000000000001","previous":"0c8ecaed11f15cf521d1f0fc6660b86e7fceea2601128e1514278c23fa85dcce","received_at":"2026-11-27T01:48:06.393622+08:00","seq":2}', '\xb6ef0c9bf815571ac8cc530c90df0b2ffa93faad5854ee4328f545109f8c9187', '\xc11abafe2f7444ddf45c72a38c51702aeab30a32c13bc8c83f58d7ee4a6e0d92'),
	('01910000-0000-7000-8000-000000000001', '01910000-0000-7000-8000-000000000003', 3, 'assessment', '2024-07-29 09:00:00+00', '2024-07-29 09:00:00+00', '2026-11-26 17:48:06.444881+00', NULL, '{"actor":{"account_id":"3b69fe7e-fe9a-4583-8478-2d43f9d466e8","badge":"150425001","name":"大局子民警","role":"officer","station":{"code":"150425","name":"大局子森林派出所","station_id":"9ecde0a3-645c-4982-a4f8-76eb1173ef87"}},"body":{"animal":1,"attitude":"depressed","condition":"weak","exam":"intake","happened_at":"2024-07-29T17:00:00+08:00","id":"01910000-0000-7000-8000-000000000003","recorded_at":"2024-07-29T17:00:00+08:00","type":"assessment"},"facts":{},"incident_id":"01910000-0000-7000-8000-000000000001","previous":"b6ef0c9bf815571ac8cc530c90df0b2ffa93faad5854ee4328f545109f8c9187","received_at":"2026-11-27T01:48:06.444881+08:00","seq":3}', '\x72f9fb7e0b4ea0f69ced9f5303cbeb35d3cc1a5feec8313e09005ffb4188f759', NULL),
	('01910000-0000-7000-8000-000000000001', '01910000-0000-7000-8000-000000000004', 4, 'care', '2024-07-30 01:00:00+00', '2024-07-30 01:00:00+00', '2026-11-26 17:48:06.46451+00', NULL, '{"actor":{"account_id":"3b69fe7e-fe9a-4583-8478-2d43f9d466e8","badge":"150425001","name":"大局子民警","role":"officer","station":{"code":"150425","name":"大局子森林派出所","station_id":"9ecde0a3-645c-4982-a4f8-76eb1173ef87"}},"body":{"animal":1,"feeding":"小鱼","happened_at":"2024-07-30T09:00:00+08:00","id":"01910000-0000-7000-8000-000000000004","recorded_at":"2024-07-30T09:00:00+08:00","type":"care"},"facts":{},"incident_id":"01910000-0000-7000-8000-000000000001","previous":"72f9fb7e0b4ea0f69ced9f5303cbeb35d3cc1a5feec8313e09005ffb4188f759","received_at":"2026-11-27T01:48:06.464510+08:00","seq":4}', '\x5f81d289478e435a4b2ce5b2596cf06235680c3e4b7cbe36613d959ff8f0c2aa', NULL),
	('01910000-0000-7000-8000-000000000001', '01910000-0000-7000-8000-000000000005', 5, 'identification', '2024-07-31 02:00:00+00', '2024-07-31 02:00:00+00', '2026-11-26 17:48:06.47857+00', NULL, '{"actor":{"account_id":"3b69fe7e-fe9a-4583-8478-2d43f9d466e8","badge":"150425001","name":"大局子民警","role":"officer","station":{"code":"150425","name":"大局子森林派出所","station_id":"9ecde0a3-645c-4982-a4f8-76eb1173ef87"}},"body":{"animal":1,"confidence":"certain","happened_at":"2024-07-31T10:00:00+08:00","id":"01910000-0000-7000-8000-000000000005","identified_by":"旗林草局野生动物专家","recorded_at":"2024-07-31T10:00:00+08:00","species_id":"phalacrocorax_carbo","type":"identification"},"facts":{"taxon":{"alien":false,"chinese_name":"普通鸬鹚","english_name":"Great Cormorant","protection":[{"list":"SANYOU-2000-7","protection":"sanyou","valid_from":"2000-08-01","valid_to":"2023-06-25"},{"list":"SANYOU-2023-17","protection":"sanyou","valid_from":"2023-06-26"}],"scientific_name":"Phalacrocorax carbo","species_id":"phalacrocorax_carbo"}},"incident_id":"01910000-0000-7000-8000-000000000001","previous":"5f81d289478e435a4b2ce5b2596cf06235680c3e4b7cbe36613d959ff8f0c2aa","received_at":"2026-11-27T01:48:06.478570+08:00","seq":5}', '\x86c12040c2e28e78eac9cd1a96ea7bec5c073149a119d6a2f2a444321b93eca6', NULL),
	('01910000-0000-7000-8000-000000000001', '01910000-0000-7000-8000-000000000006', 6, 'note', '2024-07-31 03:00:00+00', '2024-07-31 03:00:00+00', '2026-11-26 17:48:06.497337+00', NULL, '{"actor":{"account_id":"3b69fe7e-fe9a-4583-8478-2d43f9d466e8","badge":"150425001","name":"大局子民警","role":"officer","station":{"code":"150425","name":"大局子森林派出所","station_id":"9ecde0a3-645c-4982-a4f8-76eb1173ef87"}},"body":{"happened_at":"2024-07-31T11:00:00+08:00","id":"01910000-0000-7000-8000-000000000006","note":"误记","recorded_at":"2024-07-31T11:00:00+08:00","type":"note"},"facts":{},"incident_id":"01910000-0000-7000-8000-000000000001","previous":"86c12040c2e28e78eac9cd1a96ea7bec5c073149a119d6a2f2a444321b93eca6","received_at":"2026-11-27T01:48:06.497337+08:00","seq":6}', '\x5f8c1e75197206cd17636f09d39304ecf9c1e54e41637a88708004a30d2406e4', NULL),
	('01910000-0000-7000-8000-000000000001', '01910000-0000-7000-8000-000000000007', 7, 'void', '2024-07-31 03:05:00+00', '2024-07-31 03:05:00+00', '2026-11-26 17:48:06.505772+00', '01910000-0000-7000-8000-000000000006', '{"actor":{"account_id":"3b69fe7e-fe9a-4583-8478-2d43f9d466e8","badge":"150425001","name":"大局子民警","role":"officer","station":{"code":"150425","name":"大局子森林派出所","station_id":"9ecde0a3-645c-4982-a4f8-76eb1173ef87"}},"body":{"entry_id":"01910000-0000-7000-8000-000000000006","happened_at":"2024-07-31T11:05:00+08:00","id":"01910000-0000-7000-8000-000000000007","recorded_at":"2024-07-31T11:05:00+08:00","type":"void"},"facts":{},"incident_id":"01910000-0000-7000-8000-000000000001","previous":"5f8c1e75197206cd17636f09d39304ecf9c1e54e41637a88708004a30d2406e4","received_at":"2026-11-27T01:48:06.505772+08:00","seq":7}', '\xfeded8c3ffe093202c0f83f622c122c5518c0108e3c576256206c41ff78dc32a', NULL),
	('01910000-0000-7000-8000-000000000001', '01910000-0000-7000-8000-000000000008', 8, 'release', '2024-08-04 02:30:00+00', '2024-08-04 02:30:00+00', '2026-11-26 17:48:06.526831+00', NULL, '{"actor":{"account_id":"3b69fe7e-fe9a-4583-8478-2d43f9d466e8","badge":"150425001","name":"大局子民警","role":"officer","station":{"code":"150425","name":"大局子森林派出所","station_id":"9ecde0a3-645c-4982-a4f8-76eb1173ef87"}},"body":{"animal":1,"happened_at":"2024-08-04T10:30:00+08:00","id":"01910000-0000-7000-8000-000000000008","method":"hard","officers":["150425001","150425002"],"recorded_at":"2024-08-04T10:30:00+08:00","site":{"description":"响水水库","point":{"datum":"WGS84","latitude":43.57,"longitude":117.21}},"type":"release"},"facts":{},"incident_id":"01910000-0000-7000-8000-000000000001","previous":"feded8c3ffe093202c0f83f622c122c5518c0108e3c576256206c41ff78dc32a","received_at":"2026-11-27T01:48:06.526831+08:00","seq":8}', '\xf2f0406a9f1e5bd87944bb73ab89bc25dd742afffe7c77abbcc801d49d6ef522', NULL),
	('01910000-0000-7000-8000-000000000001', '01910000-0000-7000-8000-000000000009', 9, 'amendment', '2024-08-05 02:30:00+00', '2024-08-05 02:30:00+00', '2026-11-26 17:48:06.539424+00', '01910000-0000-7000-8000-000000000008', '{"actor":{"account_id":"3b69fe7e-fe9a-4583-8478-2d43f9d466e8","badge":"150425001","name":"大局子民警","role":"officer","station":{"code":"150425","name":"大局子森林派出所","station_id":"9ecde0a3-645c-4982-a4f8-76eb1173ef87"}},"body":{"changes":{"habitat":"水域"},"entry_id":"01910000-0000-7000-8000-000000000008","happened_at":"2024-08-05T10:30:00+08:00","id":"01910000-0000-7000-8000-000000000009","recorded_at":"2024-08-05T10:30:00+08:00","type":"amendment"},"facts":{},"incident_id":"01910000-0000-7000-8000-000000000001","previous":"f2f0406a9f1e5bd87944bb73ab89bc25dd742afffe7c77abbcc801d49d6ef522","received_at":"2026-11-27T01:48:06.539424+08:00","seq":9}', '\x07d9f09d973198217efc842c6fb6bf2d00b9bd4e40018bcd0b564a2a8e111943', NULL),
	('01910000-0000-7000-8000-000000000001', '01910000-0000-7000-8000-000000000010', 10, 'closing', '2024-08-06 02:30:00+00', '2024-08-06 02:30:00+00', '2026-11-26 17:48:06.553716+00', NULL, '{"actor":{"account_id":"3b69fe7e-fe9a-4583-8478-2d43f9d466e8","badge":"150425001","name":"大局子民警","role":"officer","station":{"code":"150425","name":"大局子森林派出所","station_id":"9ecde0a3-645c-4982-a4f8-76eb1173ef87"}},"body":{"happened_at":"2024-08-06T10:30:00+08:00","id":"01910000-0000-7000-8000-000000000010","recorded_at":"2024-08-06T10:30:00+08:00","type":"closing"},"facts":{},"incident_id":"01910000-0000-7000-8000-000000000001","previous":"07d9f09d973198217efc842c6fb6bf2d00b9bd4e40018bcd0b564a2a8e111943","received_at":"2026-11-27T01:48:06.553716+08:00","seq":10}', '\xbf44661a6665e0cdac64752e06f855f3a47a8fe157a3cee6e68eec57edda0003', NULL),
	('01910000-0000-7000-8000-000000000011', '01910000-0000-7000-8000-000000000011', 1, 'opening', '2024-08-04 01:10:00+00', '2026-11-26 17:48:06.583173+00', '2026-11-26 17:48:06.583173+00', NULL, '{"actor":{"account_id":"bb3bae98-f630-4a92-8014-fad2dabd5ca1","badge":"150723001","name":"克一河民警","role":"officer","station":{"code":"150723","name":"克一河分局","station_id":"7f257b08-5369-446c-bfaf-5cc2517349d4"}},"body":{"found_at":"2024-08-04T09:10:00+08:00","hazard":{"passability":"blocked","road":{"category":"forest_road","name":"克一河林场防火公路"},"type":"rockfall"},"id":"01910000-0000-7000-8000-000000000011","kind":"road_hazard","place":{"description":"克一河林场防火公路","point":{"datum":"GCJ02","latitude":50.62,"longitude":122.35},"region_code":"150723"},"source":"patrol"},"facts":{"case_number":"150723-20261127-001"},"incident_id":"01910000-0000-7000-8000-000000000011","previous":"0000000000000000000000000000000000000000000000000000000000000000","received_at":"2026-11-27T01:48:06.583173+08:00","seq":1}', '\x1ab27b950d2992fe1f52eaa76deb787a7d5c39966966082c2b58da0be88749ff', NULL),
	('01910000-0000-7000-8000-000000000011', '01910000-0000-7000-8000-000000000012', 2, 'secured', '2024-08-04 01:20:00+00', '2024-08-04 01:20:00+00', '2026-11-26 17:48:06.59313+00', NULL, '{"actor":{"account_id":"bb3bae98-f630-4a92-8014-fad2dabd5ca1","badge":"150723001","name":"克一河民警","role":"officer","station":{"code":"150723","name":"克一河分局","station_id":"7f257b08-5369-446c-bfaf-5cc2517349d4"}},"body":{"happened_at":"2024-08-04T09:20:00+08:00","id":"01910000-0000-7000-8000-000000000012","measures":["warning_sign"],"recorded_at":"2024-08-04T09:20:00+08:00","type":"secured"},"facts":{},"incident_id":"01910000-0000-7000-8000-000000000011","previous":"1ab27b950d2992fe1f52eaa76deb787a7d5c39966966082c2b58da0be88749ff","received_at":"2026-11-27T01:48:06.593130+08:00","seq":2}', '\x2261b7a6cf6f058dc05464d589f30ed8e0b597cf473abc4b6f37c9dcca7da016', NULL),
	('01910000-0000-7000-8000-000000000011', '01910000-0000-7000-8000-000000000013', 3, 'handover', '2024-08-04 01:40:00+00', '2024-08-04 01:40:00+00', '2026-11-26 17:48:06.606016+00', NULL, '{"actor":{"account_id":"bb3bae98-f630-4a92-8014-fad2dabd5ca1","badge":"150723001","name":"克一河民警","role":"officer","station":{"code":"150723","name":"克一河分局","station_id":"7f257b08-5369-446c-bfaf-5cc2517349d4"}},"body":{"badge":"150425001","happened_at":"2024-08-04T09:40:00+08:00","id":"01910000-0000-7000-8000-000000000013","recorded_at":"2024-08-04T09:40:00+08:00","station":"150425","type":"handover"},"facts":{"receiver":{"officer":{"account_id":"3b69fe7e-fe9a-4583-8478-2d43f9d466e8","badge":"150425001","name":"大局子民警","role":"officer","station":{"code":"150425","name":"大局子森林派出所","station_id":"9ecde0a3-645c-4982-a4f8-76eb1173ef87"}},"station":{"code":"150425","name":"大局子森林派出所","station_id":"9ecde0a3-645c-4982-a4f8-76eb1173ef87"}}},"incident_id":"01910000-0000-7000-8000-000000000011","previous":"2261b7a6cf6f058dc05464d589f30ed8e0b597cf473abc4b6f37c9dcca7da016","received_at":"2026-11-27T01:48:06.606016+08:00","seq":3}', '\xa307b4500d94816d81d6d2e02fc613d084fb3aac956efa4dd27adbc849e5d082', NULL),
	('01910000-0000-7000-8000-000000000011', '01910000-0000-7000-8000-000000000014', 4, 'clearing', '2024-08-04 02:00:00+00', '2024-08-04 02:00:00+00', '2026-11-26 17:48:06.617077+00', NULL, '{"actor":{"account_id":"3b69fe7e-fe9a-4583-8478-2d43f9d466e8","badge":"150425001","name":"大局子民警","role":"officer","station":{"code":"150425","name":"大局子森林派出所","station_id":"9ecde0a3-645c-4982-a4f8-76eb1173ef87"}},"body":{"happened_at":"2024-08-04T10:00:00+08:00","id":"01910000-0000-7000-8000-000000000014","method":"by_hand","people":6,"recorded_at":"2024-08-04T10:00:00+08:00","type":"clearing"},"facts":{},"incident_id":"01910000-0000-7000-8000-000000000011","previous":"a307b4500d94816d81d6d2e02fc613d084fb3aac956efa4dd27adbc849e5d082","received_at":"2026-11-27T01:48:06.617077+08:00","seq":4}', '\x9fcd39b55d240f7eb635fe459326a2cf38c0fee0d01836a0b0062786dd302ea7', NULL),
	('01910000-0000-7000-8000-000000000011', '01910000-0000-7000-8000-000000000015', 5, 'cleared', '2024-08-04 03:00:00+00', '2024-08-04 03:00:00+00', '2026-11-26 17:48:06.625267+00', NULL, '{"actor":{"account_id":"3b69fe7e-fe9a-4583-8478-2d43f9d466e8","badge":"150425001","name":"大局子民警","role":"officer","station":{"code":"150425","name":"大局子森林派出所","station_id":"9ecde0a3-645c-4982-a4f8-76eb1173ef87"}},"body":{"happened_at":"2024-08-04T11:00:00+08:00","id":"01910000-0000-7000-8000-000000000015","recorded_at":"2024-08-04T11:00:00+08:00","type":"cleared"},"facts":{},"incident_id":"01910000-0000-7000-8000-000000000011","previous":"9fcd39b55d240f7eb635fe459326a2cf38c0fee0d01836a0b0062786dd302ea7","received_at":"2026-11-27T01:48:06.625267+08:00","seq":5}', '\x162c3ceb6a91aaf45178a42d2f068cd39438c72835a36dc2ad6144b5acb9361e', NULL),
	('01910000-0000-7000-8000-000000000011', '01910000-0000-7000-8000-000000000016', 6, 'reopened', '2024-08-04 03:05:00+00', '2024-08-04 03:05:00+00', '2026-11-26 17:48:06.63339+00', NULL, '{"actor":{"account_id":"3b69fe7e-fe9a-4583-8478-2d43f9d466e8","badge":"150425001","name":"大局子民警","role":"officer","station":{"code":"150425","name":"大局子森林派出所","station_id":"9ecde0a3-645c-4982-a4f8-76eb1173ef87"}},"body":{"happened_at":"2024-08-04T11:05:00+08:00","id":"01910000-0000-7000-8000-000000000016","recorded_at":"2024-08-04T11:05:00+08:00","type":"reopened"},"facts":{},"incident_id":"01910000-0000-7000-8000-000000000011","previous":"162c3ceb6a91aaf45178a42d2f068cd39438c72835a36dc2ad6144b5acb9361e","received_at":"2026-11-27T01:48:06.633390+08:00","seq":6}', '\x71dae084da6b5711fc69c4c3e3b62fccdfb79cb6035f5e3002ddc7bd48e73962', NULL),
	('01910000-0000-7000-8000-000000000017', '01910000-0000-7000-8000-000000000017', 1, 'opening', '2024-07-29 07:20:00+00', '2026-11-26 17:48:06.641081+00', '2026-11-26 17:48:06.641081+00', NULL, '{"actor":{"account_id":"3b69fe7e-fe9a-4583-8478-2d43f9d466e8","badge":"150425001","name":"大局子民警","role":"officer","station":{"code":"150425","name":"大局子森林派出所","station_id":"9ecde0a3-645c-4982-a4f8-76eb1173ef87"}},"body":{"animals":[{"cause":"weather_soaked","condition":"weak","reported_as":"长嘴巴怪鸟"}],"found_at":"2024-07-29T15:20:00+08:00","id":"01910000-0000-7000-8000-000000000017","kind":"rescue","place":{"description":"大局子林场三道沟","point":{"datum":"WGS84","latitude":43.318,"longitude":117.542},"region_code":"150425"},"source":"report","summary":"零时"},"facts":{"case_number":"150425-20261127-002","informant_digest":"77b239c59bcbfce502011cb731a3c6215799b836cd832f2d6b943808a5e6e498"},"incident_id":"01910000-0000-7000-8000-000000000017","previous":"0000000000000000000000000000000000000000000000000000000000000000","received_at":"2026-11-27T01:48:06.641081+08:00","seq":1}', '\xc427f4f2ccade3da22b9b1c0da2fd18ae14f760cfc784a7236d177f53a43d636', NULL),
	('01910000-0000-7000-8000-000000000017', '01910000-0000-7000-8000-000000000018', 2, 'amendment', '2024-07-31 03:05:00+00', '2024-07-31 03:05:00+00', '2026-11-26 17:48:06.650427+00', '01910000-0000-7000-8000-000000000017', '{"actor":{"account_id":"3b69fe7e-fe9a-4583-8478-2d43f9d466e8","badge":"150425001","name":"大局子民警","role":"officer","station":{"code":"150425","name":"大局子森林派出所","station_id":"9ecde0a3-645c-4982-a4f8-76eb1173ef87"}},"body":{"changes":{"found_at":"0001-01-01T00:00:00Z"},"entry_id":"01910000-0000-7000-8000-000000000017","happened_at":"2024-07-31T11:05:00+08:00","id":"01910000-0000-7000-8000-000000000018","recorded_at":"2024-07-31T11:05:00+08:00","type":"amendment"},"facts":{},"incident_id":"01910000-0000-7000-8000-000000000017","previous":"c427f4f2ccade3da22b9b1c0da2fd18ae14f760cfc784a7236d177f53a43d636","received_at":"2026-11-27T01:48:06.650427+08:00","seq":2}', '\x958d47ec6eb340771f2c72aaa03a48a5e34ee0cd12fa01526c74c1999e1573d5', NULL),
	('01910000-0000-7000-8000-000000000019', '01910000-0000-7000-8000-000000000019', 1, 'opening', '2024-07-29 07:20:00+00', '2026-11-26 17:48:06.656438+00', '2026-11-26 17:48:06.656438+00', NULL, '{"actor":{"account_id":"3b69fe7e-fe9a-4583-8478-2d43f9d466e8","badge":"150425001","name":"大局子民警","role":"officer","station":{"code":"150425","name":"大局子森林派出所","station_id":"9ecde0a3-645c-4982-a4f8-76eb1173ef87"}},"body":{"animals":[{"cause":"weather_soaked","condition":"weak","reported_as":"长嘴巴怪鸟"}],"found_at":"2024-07-29T15:20:00+08:00","id":"01910000-0000-7000-8000-000000000019","kind":"rescue","place":{"description":"大局子林场三道沟","point":{"datum":"WGS84","latitude":43.318,"longitude":117.542},"region_code":"1５0４２５"},"source":"report","summary":"旧"},"facts":{"case_number":"150425-20261127-003","informant_digest":"a4c946012c3eaa2f09af05b12265b3ddde5f661a59cd7cada0a97f9da8d6c6d3"},"incident_id":"01910000-0000-7000-8000-000000000019","previous":"0000000000000000000000000000000000000000000000000000000000000000","received_at":"2026-11-27T01:48:06.656438+08:00","seq":1}', '\x3f9e2abce36c6f7579fa033c4f2df72ee34a5462c218c5bc8c9d39c6b799b426', NULL),
	('01910000-0000-7000-8000-000000000020', '01910000-0000-7000-8000-000000000020', 1, 'opening', '2024-07-29 07:20:00+00', '2026-11-26 17:48:06.668572+00', '2026-11-26 17:48:06.668572+00', NULL, '{"actor":{"account_id":"3b69fe7e-fe9a-4583-8478-2d43f9d466e8","badge":"150425001","name":"大局子民警","role":"officer","station":{"code":"150425","name":"大局子森林派出所","station_id":"9ecde0a3-645c-4982-a4f8-76eb1173ef87"}},"body":{"animals":[{"cause":"weather_soaked","condition":"weak","reported_as":"长嘴巴怪鸟"}],"found_at":"2024-07-29T15:20:00+08:00","id":"01910000-0000-7000-8000-000000000020","kind":"rescue","place":{"description":"大局子林场三道沟","point":{"datum":"WGS84","latitude":43.318,"longitude":117.542},"region_code":"150425\n"},"source":"report","summary":"旧"},"facts":{"case_number":"150425-20261127-004","informant_digest":"bcc851881399f332364be8495230f2b3d5bafab80d455fd05bd866cd08233b79"},"incident_id":"01910000-0000-7000-8000-000000000020","previous":"0000000000000000000000000000000000000000000000000000000000000000","received_at":"2026-11-27T01:48:06.668572+08:00","seq":1}', '\x197b5e6190dab1e29ead0693a34a07cb446e63d8a5e5474f7612ef45809f652f', NULL);
INSERT INTO public.entry VALUES
	('01910000-0000-7000-8000-000000000025', '01910000-0000-7000-8000-000000000025', 1, 'opening', '2024-07-29 07:20:00+00', '2026-11-26 17:48:06.703951+00', '2026-11-26 17:48:06.703951+00', NULL, '{"actor":{"account_id":"3b69fe7e-fe9a-4583-8478-2d43f9d466e8","badge":"150425001","name":"大局子民警","role":"officer","station":{"code":"150425","name":"大局子森林派出所","station_id":"9ecde0a3-645c-4982-a4f8-76eb1173ef87"}},"body":{"animals":[{"cause":"weather_soaked","condition":"weak","reported_as":"长嘴巴怪鸟"}],"found_at":"2024-07-29T15:20:00+08:00","id":"01910000-0000-7000-8000-000000000025","kind":"rescue","place":{"description":"大局子林场三道沟","point":{"datum":"WGS84","latitude":43.318,"longitude":117.542},"region_code":"150425"},"source":"report","summary":"上传"},"facts":{"case_number":"150425-20261127-005","informant_digest":"dde5655506befa8414b41c70e4aea9f0c76db8b6b92af31e47610ff8a475a1df"},"incident_id":"01910000-0000-7000-8000-000000000025","previous":"0000000000000000000000000000000000000000000000000000000000000000","received_at":"2026-11-27T01:48:06.703951+08:00","seq":1}', '\x63c598737bd0d3ed551abf4d532b3d013a44761ab84952fc0a658f0098a31c12', NULL);

INSERT INTO public.hazard VALUES
	('01910000-0000-7000-8000-000000000011', '7f257b08-5369-446c-bfaf-5cc2517349d4', '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '150723', '(122.3431255,50.6184755)', '2024-08-04 01:10:00+00', 'rockfall', 'reopened', 'open', '克一河林场防火公路', NULL, 'forest_road', NULL, NULL, '2024-08-04 01:20:00+00', '2024-08-04 03:00:00+00', '2024-08-04 03:05:00+00');

INSERT INTO public.incident VALUES
	('01910000-0000-7000-8000-000000000001', 'rescue', '150425-20261127-001', '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '150425', '(117.542,43.318)', '2024-07-29 07:20:00+00', '2026-11-26 17:48:06.166566+00', 'closed', NULL, 10, '\xbf44661a6665e0cdac64752e06f855f3a47a8fe157a3cee6e68eec57edda0003', '大局子森林派出所 林中发现长嘴巴怪鸟被困 大局子林场三道沟 长嘴巴怪鸟 普通鸬鹚 phalacrocorax carbo 响水水库', '{大,局,子,森,林,派,出,所,中,发,现,长,嘴,巴,怪,鸟,被,困,场,三,道,沟,普,通,鸬,鹚,p,h,a,l,c,r,o,x,b,响,水,库,大局,局子,子森,森林,林派,派出,出所,"所 "," 林",林中,中发,发现,现长,长嘴,嘴巴,巴怪,怪鸟,鸟被,被困,"困 "," 大",子林,林场,场三,三道,道沟,"沟 "," 长","鸟 "," 普",普通,通鸬,鸬鹚,"鹚 "," p",ph,ha,al,la,ac,cr,ro,oc,co,or,ra,ax,"x "," c",ca,ar,rb,bo,"o "," 响",响水,水水,水库}', '{"id": "01910000-0000-7000-8000-000000000001", "kind": "rescue", "place": {"point": {"datum": "WGS84", "latitude": 43.318, "longitude": 117.542}, "wgs84": {"latitude": 43.318, "longitude": 117.542}, "description": "大局子林场三道沟", "region_code": "150425"}, "state": "closed", "hazard": null, "photos": [{"exif": null, "size": 2412, "about": "animal:1", "flags": [], "width": 48, "height": 36, "sha256": "c11abafe2f7444ddf45c72a38c51702aeab30a32c13bc8c83f58d7ee4a6e0d92", "caption": "发现时", "photo_id": "01910000-0000-7000-8000-000000000002", "taken_at": "2024-07-29T16:05:00+08:00", "media_type": "image/jpeg", "received_at": "2026-11-27T01:48:06.393622+08:00"}], "source": "report", "animals": [{"sex": "unknown", "cause": "weather_soaked", "count": 1, "number": 1, "outcome": "released", "settled": [{"count": 1, "outcome": "released", "entry_id": "01910000-0000-7000-8000-000000000008", "recipient": null, "happened_at": "2024-08-04T10:30:00+08:00", "receipt_number": null}], "species": {"alien": false, "basis": null, "confidence": "certain", "protection": {"list": "SANYOU-2023-17", "protection": "sanyou", "valid_from": "2023-06-26"}, "species_id": "phalacrocorax_carbo", "chinese_name": "普通鸬鹚", "english_name": "Great Cormorant", "identified_at": "2024-07-31T10:00:00+08:00", "identified_by": "旗林草局野生动物专家", "scientific_name": "Phalacrocorax carbo"}, "attitude": "depressed", "injuries": null, "releases": [{"sex": "unknown", "site": {"point": {"datum": "WGS84", "latitude": 43.57, "longitude": 117.21}, "wgs84": {"latitude": 43.57, "longitude": 117.21}, "description": "响水水库", "region_code": null}, "count": 1, "animal": 1, "method": "hard", "habitat": "水域", "species": {"alien": false, "basis": null, "confidence": "certain", "protection": {"list": "SANYOU-2023-17", "protection": "sanyou", "valid_from": "2023-06-26"}, "species_id": "phalacrocorax_carbo", "chinese_name": "普通鸬鹚", "english_name": "Great Cormorant", "identified_at": "2024-07-31T10:00:00+08:00", "identified_by": "旗林草局野生动物专家", "scientific_name": "Phalacrocorax carbo"}, "witness": null, "entry_id": "01910000-0000-7000-8000-000000000008", "officers": ["150425001", "150425002"], "life_stage": "unknown", "released_at": "2024-08-04T10:30:00+08:00", "ring_number": null, "fit_to_release": null}], "weight_g": null, "condition": "weak", "remaining": 0, "life_stage": "unknown", "outcome_at": "2024-08-04T10:30:00+08:00", "assessed_at": "2024-07-29T17:00:00+08:00", "reported_as": "长嘴巴怪鸟", "temperature_c": null, "body_condition": null, "suspected_disease": null}], "closing": {"reason": "completed", "closed_at": "2024-08-06T10:30:00+08:00", "duplicate_of": null}, "missing": [], "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}, "summary": "林中发现长嘴巴怪鸟被困", "found_at": "2024-07-29T15:20:00+08:00", "officers": [], "opened_by": {"name": "大局子民警", "role": "officer", "badge": "150425001", "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}, "account_id": "3b69fe7e-fe9a-4583-8478-2d43f9d466e8"}, "case_number": "150425-20261127-001", "received_at": "2026-11-27T01:48:06.166566+08:00", "responsible": {"officer": {"name": "大局子民警", "role": "officer", "badge": "150425001", "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}, "account_id": "3b69fe7e-fe9a-4583-8478-2d43f9d466e8"}, "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}}, "has_informant": true, "receipt_number": null}'),
	('01910000-0000-7000-8000-000000000017', 'rescue', '150425-20261127-002', '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '150425', '(117.542,43.318)', '0001-12-31 23:59:43+00 BC', '2026-11-26 17:48:06.641081+00', 'open', '0001-01-03 23:59:43+00', 2, '\x958d47ec6eb340771f2c72aaa03a48a5e34ee0cd12fa01526c74c1999e1573d5', '大局子森林派出所 零时 大局子林场三道沟 长嘴巴怪鸟', '{大,局,子,森,林,派,出,所,零,时,场,三,道,沟,长,嘴,巴,怪,鸟,大局,局子,子森,森林,林派,派出,出所,"所 "," 零",零时,"时 "," 大",子林,林场,场三,三道,道沟,"沟 "," 长",长嘴,嘴巴,巴怪,怪鸟}', '{"id": "01910000-0000-7000-8000-000000000017", "kind": "rescue", "place": {"point": {"datum": "WGS84", "latitude": 43.318, "longitude": 117.542}, "wgs84": {"latitude": 43.318, "longitude": 117.542}, "description": "大局子林场三道沟", "region_code": "150425"}, "state": "open", "hazard": null, "photos": [], "source": "report", "animals": [{"sex": "unknown", "cause": "weather_soaked", "count": 1, "number": 1, "outcome": "in_care", "settled": [], "species": null, "attitude": null, "injuries": null, "releases": [], "weight_g": null, "condition": "weak", "remaining": 1, "life_stage": "unknown", "outcome_at": null, "assessed_at": null, "reported_as": "长嘴巴怪鸟", "temperature_c": null, "body_condition": null, "suspected_disease": null}], "closing": null, "missing": [{"code": "photo", "animal": null, "due_at": null}, {"code": "identification", "animal": 1, "due_at": "0001-01-04T08:05:43+08:06"}, {"code": "outcome", "animal": 1, "due_at": "0001-01-31T08:05:43+08:06"}], "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}, "summary": "零时", "found_at": "0001-01-01T08:05:43+08:06", "officers": [], "opened_by": {"name": "大局子民警", "role": "officer", "badge": "150425001", "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}, "account_id": "3b69fe7e-fe9a-4583-8478-2d43f9d466e8"}, "case_number": "150425-20261127-002", "received_at": "2026-11-27T01:48:06.641081+08:00", "responsible": {"officer": {"name": "大局子民警", "role": "officer", "badge": "150425001", "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}, "account_id": "3b69fe7e-fe9a-4583-8478-2d43f9d466e8"}, "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}}, "has_informant": true, "receipt_number": null}'),
	('01910000-0000-7000-8000-000000000011', 'road_hazard', '150723-20261127-001', '7f257b08-5369-446c-bfaf-5cc2517349d4', '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '150723', '(122.3431255,50.6184755)', '2024-08-04 01:10:00+00', '2026-11-26 17:48:06.583173+00', 'resolved', '2024-08-04 03:10:00+00', 6, '\x71dae084da6b5711fc69c4c3e3b62fccdfb79cb6035f5e3002ddc7bd48e73962', '克一河分局 克一河林场防火公路 落石 克一河林场防火公路', '{克,一,河,分,局,林,场,防,火,公,路,落,石,克一,一河,河分,分局,"局 "," 克",河林,林场,场防,防火,火公,公路,"路 "," 落",落石,"石 "}', '{"id": "01910000-0000-7000-8000-000000000011", "kind": "road_hazard", "place": {"point": {"datum": "GCJ02", "latitude": 50.62, "longitude": 122.35}, "wgs84": {"latitude": 50.6184755, "longitude": 122.3431255}, "description": "克一河林场防火公路", "region_code": "150723"}, "state": "resolved", "hazard": {"road": {"name": "克一河林场防火公路", "category": "forest_road"}, "type": "rockfall", "state": "reopened", "damage": null, "people": 6, "machines": null, "measures": ["warning_sign"], "notified": [], "casualties": null, "cleared_at": "2024-08-04T11:00:00+08:00", "secured_at": "2024-08-04T09:20:00+08:00", "clearing_at": "2024-08-04T10:00:00+08:00", "description": null, "passability": "open", "reopened_at": "2024-08-04T11:05:00+08:00", "handed_over_to": null, "clearing_method": "by_hand"}, "photos": [], "source": "patrol", "animals": [], "closing": null, "missing": [{"code": "photo", "animal": null, "due_at": null}, {"code": "notification", "animal": null, "due_at": "2024-08-04T11:10:00+08:00"}, {"code": "photo_after", "animal": null, "due_at": null}], "station": {"code": "150723", "name": "克一河分局", "station_id": "7f257b08-5369-446c-bfaf-5cc2517349d4"}, "summary": null, "found_at": "2024-08-04T09:10:00+08:00", "officers": [], "opened_by": {"name": "克一河民警", "role": "officer", "badge": "150723001", "station": {"code": "150723", "name": "克一河分局", "station_id": "7f257b08-5369-446c-bfaf-5cc2517349d4"}, "account_id": "bb3bae98-f630-4a92-8014-fad2dabd5ca1"}, "case_number": "150723-20261127-001", "received_at": "2026-11-27T01:48:06.583173+08:00", "responsible": {"officer": {"name": "大局子民警", "role": "officer", "badge": "150425001", "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}, "account_id": "3b69fe7e-fe9a-4583-8478-2d43f9d466e8"}, "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}}, "has_informant": false, "receipt_number": null}'),
	('01910000-0000-7000-8000-000000000019', 'rescue', '150425-20261127-003', '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '1５0４２５', '(117.542,43.318)', '2024-07-29 07:20:00+00', '2026-11-26 17:48:06.656438+00', 'open', '2024-08-01 07:20:00+00', 1, '\x3f9e2abce36c6f7579fa033c4f2df72ee34a5462c218c5bc8c9d39c6b799b426', '大局子森林派出所 旧 大局子林场三道沟 长嘴巴怪鸟', '{大,局,子,森,林,派,出,所,旧,场,三,道,沟,长,嘴,巴,怪,鸟,大局,局子,子森,森林,林派,派出,出所,"所 "," 旧","旧 "," 大",子林,林场,场三,三道,道沟,"沟 "," 长",长嘴,嘴巴,巴怪,怪鸟}', '{"id": "01910000-0000-7000-8000-000000000019", "kind": "rescue", "place": {"point": {"datum": "WGS84", "latitude": 43.318, "longitude": 117.542}, "wgs84": {"latitude": 43.318, "longitude": 117.542}, "description": "大局子林场三道沟", "region_code": "1５0４２５"}, "state": "open", "hazard": null, "photos": [], "source": "report", "animals": [{"sex": "unknown", "cause": "weather_soaked", "count": 1, "number": 1, "outcome": "in_care", "settled": [], "species": null, "attitude": null, "injuries": null, "releases": [], "weight_g": null, "condition": "weak", "remaining": 1, "life_stage": "unknown", "outcome_at": null, "assessed_at": null, "reported_as": "长嘴巴怪鸟", "temperature_c": null, "body_condition": null, "suspected_disease": null}], "closing": null, "missing": [{"code": "photo", "animal": null, "due_at": null}, {"code": "identification", "animal": 1, "due_at": "2024-08-01T15:20:00+08:00"}, {"code": "outcome", "animal": 1, "due_at": "2024-08-28T15:20:00+08:00"}], "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}, "summary": "旧", "found_at": "2024-07-29T15:20:00+08:00", "officers": [], "opened_by": {"name": "大局子民警", "role": "officer", "badge": "150425001", "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}, "account_id": "3b69fe7e-fe9a-4583-8478-2d43f9d466e8"}, "case_number": "150425-20261127-003", "received_at": "2026-11-27T01:48:06.656438+08:00", "responsible": {"officer": {"name": "大局子民警", "role": "officer", "badge": "150425001", "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}, "account_id": "3b69fe7e-fe9a-4583-8478-2d43f9d466e8"}, "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}}, "has_informant": true, "receipt_number": null}'),
	('01910000-0000-7000-8000-000000000020', 'rescue', '150425-20261127-004', '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '150425
', '(117.542,43.318)', '2024-07-29 07:20:00+00', '2026-11-26 17:48:06.668572+00', 'open', '2024-08-01 07:20:00+00', 1, '\x197b5e6190dab1e29ead0693a34a07cb446e63d8a5e5474f7612ef45809f652f', '大局子森林派出所 旧 大局子林场三道沟 长嘴巴怪鸟', '{大,局,子,森,林,派,出,所,旧,场,三,道,沟,长,嘴,巴,怪,鸟,大局,局子,子森,森林,林派,派出,出所,"所 "," 旧","旧 "," 大",子林,林场,场三,三道,道沟,"沟 "," 长",长嘴,嘴巴,巴怪,怪鸟}', '{"id": "01910000-0000-7000-8000-000000000020", "kind": "rescue", "place": {"point": {"datum": "WGS84", "latitude": 43.318, "longitude": 117.542}, "wgs84": {"latitude": 43.318, "longitude": 117.542}, "description": "大局子林场三道沟", "region_code": "150425\n"}, "state": "open", "hazard": null, "photos": [], "source": "report", "animals": [{"sex": "unknown", "cause": "weather_soaked", "count": 1, "number": 1, "outcome": "in_care", "settled": [], "species": null, "attitude": null, "injuries": null, "releases": [], "weight_g": null, "condition": "weak", "remaining": 1, "life_stage": "unknown", "outcome_at": null, "assessed_at": null, "reported_as": "长嘴巴怪鸟", "temperature_c": null, "body_condition": null, "suspected_disease": null}], "closing": null, "missing": [{"code": "photo", "animal": null, "due_at": null}, {"code": "identification", "animal": 1, "due_at": "2024-08-01T15:20:00+08:00"}, {"code": "outcome", "animal": 1, "due_at": "2024-08-28T15:20:00+08:00"}], "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}, "summary": "旧", "found_at": "2024-07-29T15:20:00+08:00", "officers": [], "opened_by": {"name": "大局子民警", "role": "officer", "badge": "150425001", "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}, "account_id": "3b69fe7e-fe9a-4583-8478-2d43f9d466e8"}, "case_number": "150425-20261127-004", "received_at": "2026-11-27T01:48:06.668572+08:00", "responsible": {"officer": {"name": "大局子民警", "role": "officer", "badge": "150425001", "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}, "account_id": "3b69fe7e-fe9a-4583-8478-2d43f9d466e8"}, "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}}, "has_informant": true, "receipt_number": null}'),
	('01910000-0000-7000-8000-000000000025', 'rescue', '150425-20261127-005', '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '150425', '(117.542,43.318)', '2024-07-29 07:20:00+00', '2026-11-26 17:48:06.703951+00', 'open', '2024-08-01 07:20:00+00', 1, '\x63c598737bd0d3ed551abf4d532b3d013a44761ab84952fc0a658f0098a31c12', '大局子森林派出所 上传 大局子林场三道沟 长嘴巴怪鸟', '{大,局,子,森,林,派,出,所,上,传,场,三,道,沟,长,嘴,巴,怪,鸟,大局,局子,子森,森林,林派,派出,出所,"所 "," 上",上传,"传 "," 大",子林,林场,场三,三道,道沟,"沟 "," 长",长嘴,嘴巴,巴怪,怪鸟}', '{"id": "01910000-0000-7000-8000-000000000025", "kind": "rescue", "place": {"point": {"datum": "WGS84", "latitude": 43.318, "longitude": 117.542}, "wgs84": {"latitude": 43.318, "longitude": 117.542}, "description": "大局子林场三道沟", "region_code": "150425"}, "state": "open", "hazard": null, "photos": [], "source": "report", "animals": [{"sex": "unknown", "cause": "weather_soaked", "count": 1, "number": 1, "outcome": "in_care", "settled": [], "species": null, "attitude": null, "injuries": null, "releases": [], "weight_g": null, "condition": "weak", "remaining": 1, "life_stage": "unknown", "outcome_at": null, "assessed_at": null, "reported_as": "长嘴巴怪鸟", "temperature_c": null, "body_condition": null, "suspected_disease": null}], "closing": null, "missing": [{"code": "photo", "animal": null, "due_at": null}, {"code": "identification", "animal": 1, "due_at": "2024-08-01T15:20:00+08:00"}, {"code": "outcome", "animal": 1, "due_at": "2024-08-28T15:20:00+08:00"}], "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}, "summary": "上传", "found_at": "2024-07-29T15:20:00+08:00", "officers": [], "opened_by": {"name": "大局子民警", "role": "officer", "badge": "150425001", "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}, "account_id": "3b69fe7e-fe9a-4583-8478-2d43f9d466e8"}, "case_number": "150425-20261127-005", "received_at": "2026-11-27T01:48:06.703951+08:00", "responsible": {"officer": {"name": "大局子民警", "role": "officer", "badge": "150425001", "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}, "account_id": "3b69fe7e-fe9a-4583-8478-2d43f9d466e8"}, "station": {"code": "150425", "name": "大局子森林派出所", "station_id": "9ecde0a3-645c-4982-a4f8-76eb1173ef87"}}, "has_informant": true, "receipt_number": null}');

INSERT INTO public.informant VALUES
	('01910000-0000-7000-8000-000000000001', '\x5797f6640f1d84250a4240b8e4466f13', '\xada34f5567af8d6e6a247c341625e9f2bc5508f57ea1d736f358a43e4fd900f5b966b4bcd54fb4287105e3eba5bc2f37501011cbd62e0e7ae3776ac206d8f61d17d290e6f7c755be048f44aec49f60ad8f2ba23d4ff90f38fca5f87d24', NULL),
	('01910000-0000-7000-8000-000000000017', '\x1508fdee6eaba0ac6151cbf9c45f6372', '\x0d278eda2d8f9f004fb0800e527133099c3084096eea9f16e32d63a1ed3d5f650385c8398ad330988a56cbed4888b02599733501d3c5f5f9732ac12d077ea8ed8d105e38cbed738479213927a0af4894d04123c5810dbd6c2aff53707d', NULL),
	('01910000-0000-7000-8000-000000000019', '\x195850a8265c916a8bb52c922a6c1071', '\x5de4a757ed42dcde15e55dabf8a6f300001647da28e077ef1da0320e4efa6e49246ebb1520f0d99dc3d454e11cde561d5aaabba9ad479f0c7eab19544c62bc93bcb16c24de2bbeb026a99d8ffea62f5f5275462fe8163fb994b319ae2e', NULL),
	('01910000-0000-7000-8000-000000000020', '\xb44bb2bf1445e1474cc03e1056780f02', '\x5c8db747dd10b113b353d78dbf17ea3bf83731774c2863707998ffa6183b4fda9cbacdc401e26dea09963388f665d2decce35c107730b25d976c4cdd07c5fad8fabb3f2277050ea3c6a23ad0be51820e027db2629a67b6fe57beca086c', NULL),
	('01910000-0000-7000-8000-000000000025', '\xc97dad7fca03e0463d5ff77cf9c91e49', '\xf3af0578fa8709735745ba35109e045bc5902aed721013c6b8506fa0397d6b501288caaf9212982b6d0e5bb33a50973bb0dc1ab29af5443f6d56fcb7ae0a7b0a2e190a7ce79b52f7b5e72a292ec1a8fbe7dec9b7d59c1803f8576214d8', NULL);

INSERT INTO public.migration VALUES
	('0001_records.sql', '2026-11-26 17:48:03.293147+00'),
	('0002_photo_evidence.sql', '2026-11-26 17:48:03.329409+00');

INSERT INTO public.photo VALUES
	('01910000-0000-7000-8000-000000000001', '01910000-0000-7000-8000-000000000002', '\xc11abafe2f7444ddf45c72a38c51702aeab30a32c13bc8c83f58d7ee4a6e0d92', 'image/jpeg', 2412, 48, 36, '2024-07-29 08:05:00+00', '2026-11-26 17:48:06.393622+00', 'animal:1', '发现时', NULL, '{}', 'made', 6000358045198078877);

INSERT INTO public.refused_body VALUES
	('01910000-0000-7000-8000-000000000001', 'b48a905c-453e-49d9-8360-aee1b9ac2543', '01910000-0000-7000-8000-000000000001', '3b69fe7e-fe9a-4583-8478-2d43f9d466e8', '2026-11-26 17:48:06.577004+00', '{summary}', '\x6538776e9c46624bf62a7877598164b687e6f0cb272ff0cc20151a85ced51680dd0e588b61ce594c3545f78fbb1c42ae48cf2802c2a28999d6b14425611a853d2ce62e6285d6c43cdff87d0ff5dcdb982d2577647771d02c45629c10f952e5398cfd8cfc1b66ac7684271765ea1fa22bae8715c294566415529e13b29b642bd74bb193851db9bc65e03512126f7a117875291d1dbd29df4c758ca4139fa88fa7b22c8935326a8ca56b807cde79e59ee208ab6afd1d8a337aefa76df7e9edab8104e0f39127a408f9ac20e29e5f47964ef34432d05fe046bde6c6b75e73de804a0d9fd63b749ed4b96631b73f468df50a465ea44265e8b56b33565572fe1bd495d01c2d24df3031ec815905d79fdfbdd2bd6c874bcb4f48d658ab3ea5454723fb7933068988ed98e5b97859f6c1fc5c04b58a968b29d0112975e7e96625861a564a3be5e0f430664c7206e245e3153bac04390eb5a090c77074d4b057a2d482e85e294bf33c3d33a192128d1d00466676582c25cf9ab84879793e6cdda9e7886f2ca27cc754ec0a1c95', '\x589e5e1ed053c124959b146311461b8af9df4672cf836e4be4434c871d23e4890677043a2bf5357376a834e304756b0fbff661145e9e18dfd07677ebb2c6cfffbfb6608e4f51812f607649a3a1f2482c46bfd106d498bfd24e1a0965b3', NULL);

INSERT INTO public.release VALUES
	('01910000-0000-7000-8000-000000000001', '01910000-0000-7000-8000-000000000008', 1, '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '9ecde0a3-645c-4982-a4f8-76eb1173ef87', '150425', '(117.21,43.57)', '2024-08-04 02:30:00+00', 'phalacrocorax_carbo', '普通鸬鹚', 'Phalacrocorax carbo', 'sanyou', 'SANYOU-2023-17', 1, 'unknown', 'unknown', 'hard', '水域', '{"point": {"datum": "WGS84", "latitude": 43.57, "longitude": 117.21}, "wgs84": {"latitude": 43.57, "longitude": 117.21}, "description": "响水水库", "region_code": null}', '{150425001,150425002}', NULL, NULL, NULL, '2024-07-29 07:20:00+00');

INSERT INTO public.station VALUES
	('9ecde0a3-645c-4982-a4f8-76eb1173ef87', '150425', '大局子森林派出所', 'police_station', '150425', NULL),
	('7f257b08-5369-446c-bfaf-5cc2517349d4', '150723', '克一河分局', 'police_branch', '150723', NULL),
	('89399d65-14cd-47cc-a2e3-e840099d34b2', '1504', '赤峰市林业和草原局', 'administration', '1504', NULL);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_badge_key UNIQUE (badge);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.animal
    ADD CONSTRAINT animal_pkey PRIMARY KEY (incident_id, number);

ALTER TABLE ONLY public.case_counter
    ADD CONSTRAINT case_counter_pkey PRIMARY KEY (station_id, day);

ALTER TABLE ONLY public.entry
    ADD CONSTRAINT entry_incident_id_seq_key UNIQUE (incident_id, seq);

ALTER TABLE ONLY public.entry
    ADD CONSTRAINT entry_pkey PRIMARY KEY (incident_id, entry_id);

ALTER TABLE ONLY public.hazard
    ADD CONSTRAINT hazard_pkey PRIMARY KEY (incident_id);

ALTER TABLE ONLY public.incident
    ADD CONSTRAINT incident_pkey PRIMARY KEY (incident_id);

ALTER TABLE ONLY public.informant
    ADD CONSTRAINT informant_pkey PRIMARY KEY (incident_id);

ALTER TABLE ONLY public.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.original_access
    ADD CONSTRAINT original_access_pkey PRIMARY KEY (incident_id, access_id);

ALTER TABLE ONLY public.photo
    ADD CONSTRAINT photo_pkey PRIMARY KEY (incident_id, photo_id);

ALTER TABLE ONLY public.protection_list
    ADD CONSTRAINT protection_list_pkey PRIMARY KEY (list);

ALTER TABLE ONLY public.refused_body
    ADD CONSTRAINT refused_body_pkey PRIMARY KEY (incident_id, refused_id);

ALTER TABLE ONLY public.release
    ADD CONSTRAINT release_pkey PRIMARY KEY (incident_id, entry_id);

ALTER TABLE ONLY public.species_name
    ADD CONSTRAINT species_name_pkey PRIMARY KEY (species_id, kind, name);

ALTER TABLE ONLY public.species
    ADD CONSTRAINT species_pkey PRIMARY KEY (species_id);

ALTER TABLE ONLY public.species_protection
    ADD CONSTRAINT species_protection_pkey PRIMARY KEY (species_id, valid_from);

ALTER TABLE ONLY public.species
    ADD CONSTRAINT species_scientific_name_key UNIQUE (scientific_name);

ALTER TABLE ONLY public.station
    ADD CONSTRAINT station_code_key UNIQUE (code);

ALTER TABLE ONLY public.station
    ADD CONSTRAINT station_pkey PRIMARY KEY (station_id);

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (token_hash);

CREATE INDEX animal_found ON public.animal USING btree (found_at DESC, incident_id DESC, number DESC);

CREATE INDEX animal_location ON public.animal USING gist (location);

CREATE INDEX animal_protection ON public.animal USING btree (protection, found_at DESC);

CREATE INDEX animal_region ON public.animal USING btree (region_code text_pattern_ops, found_at DESC);

CREATE INDEX animal_species ON public.animal USING btree (species_id, found_at DESC);

CREATE INDEX entry_entry_id ON public.entry USING btree (entry_id);

CREATE INDEX entry_sha256 ON public.entry USING btree (sha256) WHERE (sha256 IS NOT NULL);

CREATE INDEX hazard_found ON public.hazard USING btree (found_at DESC, incident_id DESC);

CREATE INDEX hazard_location ON public.hazard USING gist (location);

CREATE INDEX hazard_region ON public.hazard USING btree (region_code text_pattern_ops, found_at DESC);

CREATE INDEX hazard_state ON public.hazard USING btree (state, found_at DESC);

CREATE INDEX incident_case_number ON public.incident USING btree (case_number text_pattern_ops);

CREATE INDEX incident_due ON public.incident USING btree (next_due_at) WHERE (next_due_at IS NOT NULL);

CREATE INDEX incident_found ON public.incident USING btree (found_at DESC, incident_id DESC);

CREATE INDEX incident_location ON public.incident USING gist (location);

CREATE INDEX incident_region ON public.incident USING btree (region_code text_pattern_ops, found_at DESC);

CREATE INDEX incident_search ON public.incident USING gin (search_terms);

CREATE INDEX incident_station ON public.incident USING btree (responsible_station_id, found_at DESC);

CREATE INDEX original_access_photo ON public.original_access USING btree (incident_id, photo_id, accessed_at);

CREATE INDEX photo_difference_hash ON public.photo USING gin (public.quarters(difference_hash)) WHERE (difference_hash IS NOT NULL);

CREATE INDEX photo_sha256 ON public.photo USING btree (sha256);

CREATE INDEX photo_to_render ON public.photo USING btree (received_at) WHERE (renditions IS NULL);

CREATE INDEX refused_body_sha256 ON public.refused_body USING btree (sha256) WHERE (sha256 IS NOT NULL);

CREATE INDEX release_location ON public.release USING gist (location);

CREATE INDEX release_protection ON public.release USING btree (protection, released_at DESC);

CREATE INDEX release_region ON public.release USING btree (region_code text_pattern_ops, released_at DESC);

CREATE INDEX release_released ON public.release USING btree (released_at DESC, incident_id DESC, entry_id DESC);

CREATE INDEX release_species ON public.release USING btree (species_id, released_at DESC);

CREATE INDEX species_chinese_name ON public.species USING btree (chinese_name);

CREATE INDEX species_name_terms ON public.species_name USING gin (terms) WITH (fastupdate=off);

CREATE INDEX token_account ON public.token USING btree (account_id);

CREATE INDEX token_expiry ON public.token USING btree (expires_at);

CREATE INDEX token_session ON public.token USING btree (session_id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_station_id_fkey FOREIGN KEY (station_id) REFERENCES public.station(station_id);

ALTER TABLE ONLY public.case_counter
    ADD CONSTRAINT case_counter_station_id_fkey FOREIGN KEY (station_id) REFERENCES public.station(station_id);

ALTER TABLE ONLY public.species_name
    ADD CONSTRAINT species_name_species_id_fkey FOREIGN KEY (species_id) REFERENCES public.species(species_id);

ALTER TABLE ONLY public.species_protection
    ADD CONSTRAINT species_protection_list_fkey FOREIGN KEY (list) REFERENCES public.protection_list(list);

ALTER TABLE ONLY public.species_protection
    ADD CONSTRAINT species_protection_species_id_fkey FOREIGN KEY (species_id) REFERENCES public.species(species_id);

ALTER TABLE ONLY public.station
    ADD CONSTRAINT station_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.station(station_id);

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(account_id);

GRANT USAGE ON SCHEMA public TO wildlife_service;

GRANT SELECT,INSERT,UPDATE ON TABLE public.account TO wildlife_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.animal TO wildlife_service;

GRANT SELECT,INSERT,UPDATE ON TABLE public.case_counter TO wildlife_service;

GRANT SELECT,INSERT ON TABLE public.entry TO wildlife_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.hazard TO wildlife_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.incident TO wildlife_service;

GRANT SELECT,INSERT,UPDATE ON TABLE public.informant TO wildlife_service;

GRANT SELECT ON TABLE public.migration TO wildlife_service;

GRANT SELECT,INSERT ON TABLE public.original_access TO wildlife_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.photo TO wildlife_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.protection_list TO wildlife_service;

GRANT SELECT,INSERT ON TABLE public.refused_body TO wildlife_service;

GRANT UPDATE(sealed_informant) ON TABLE public.refused_body TO wildlife_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.release TO wildlife_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.species TO wildlife_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.species_name TO wildlife_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.species_protection TO wildlife_service;

GRANT SELECT,INSERT,UPDATE ON TABLE public.station TO wildlife_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.token TO wildlife_service;
