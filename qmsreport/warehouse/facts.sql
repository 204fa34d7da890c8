-- The data dictionary of the warehouse. Append-only: nothing here is ever updated or deleted.
--
-- Grain of every fact table: one version of one record. A record whose content changed upstream is a new row
-- with the next `version`; one that vanished upstream is a row with `vanished` set that repeats its last content.
-- Times are naive UTC. Null is "not known", never zero. Every fact table ends with the same seven columns:
--
--   source        name of the source in the configuration; part of the key
--   source_id     the provider's own id where the key columns are not it, else null
--   version       1, 2, 3 … per source and key
--   vanished      true: the record is gone upstream
--   extract_id    the run that brought it: one row of `extracts`
--   recorded_at   when it became known here; what `--as-of` cuts by
--   raw_sha256    SHA-256 of the response or file it was read from

-- The run ledger: one row per window of one subject that was asked for, failed ones too.
create table if not exists extracts (
    extract_id bigint not null,
    source varchar not null,
    kind varchar not null,               -- kind of source: prometheus, github, git, files
    subject varchar not null,            -- what was asked about: a query, a repository, a file
    asked varchar not null,              -- the query text, request line or path; never a secret
    window_start timestamp,
    window_end timestamp,
    product varchar,                     -- what answered
    product_version varchar,
    account varchar,                     -- who we were to it; never the secret
    started_at timestamp not null,
    finished_at timestamp not null,
    recorded_at timestamp not null,      -- when it was committed here
    pages bigint,
    rows_received bigint not null,
    rows_new bigint not null,
    rows_changed bigint not null,
    rows_vanished bigint not null,
    rows_rejected bigint not null,
    server_total bigint,                 -- what the server itself says there is, where it says so
    truncated boolean not null,
    warnings varchar[] not null,
    clock_offset_seconds double,         -- server's clock minus ours
    raw_sha256 varchar,                  -- of the raw responses, in order
    cursor varchar,                      -- the source's note on where to go on from
    tool_version varchar not null,
    outcome varchar not null,            -- complete, partial (rows set aside or truncated), failed
    error varchar,                       -- failed: the sentence that was printed
    people varchar                       -- how people are stored: as they are, or the fingerprint of the pseudonyms' key
);

-- Rows that could not be loaded. Nothing is lost and nothing is guessed.
create table if not exists rejects (
    extract_id bigint not null,
    source varchar not null,
    origin varchar not null,             -- file or request
    line bigint,
    column_name varchar,
    reason varchar not null,
    excerpt varchar,
    recorded_at timestamp not null
);

-- One service as the organisation counts them.
create table if not exists services (
    service varchar not null,
    team varchar,
    tier varchar,
    owner varchar,
    repositories varchar[],              -- owner/name of each
    environments varchar[],              -- where it runs
    criticality varchar,
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One deployment into one environment; a retry is an attempt of it. `finished_at` of a succeeded one is the
-- time of its first `success` status, whatever came later.
create table if not exists deployments (
    deployment_id varchar not null,      -- the provider's own id; one per environment
    service varchar,                     -- null: no [[service]] maps to it; listed in the report
    environment varchar,                 -- as the provider calls it
    repository varchar,
    commit_sha varchar,                  -- what was deployed
    ref varchar,                         -- branch or tag it was deployed from
    started_at timestamp,
    finished_at timestamp,               -- succeeded: its first success, whatever came later; else when it ended
    outcome varchar,                     -- succeeded, failed, cancelled, running
    attempt bigint,                      -- retries counted; the same deployment
    is_rollback boolean,                 -- goes back to an earlier version; null: not known
    is_unplanned boolean,                -- hotfix, revert or emergency; null: not known
    fixes_incident varchar,              -- incident_id it was made for, where it says so
    actor varchar,                       -- pseudonym of who or what started it
    url varchar,
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One commit that a deployment brought in: reachable from it, not from the previous successful one.
create table if not exists deployment_commits (
    deployment_id varchar not null,
    commit_sha varchar not null,
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One commit of one repository.
create table if not exists commits (
    repository varchar not null,
    commit_sha varchar not null,
    parent_shas varchar[],               -- the commit graph
    authored_at timestamp,               -- when it was written; kept through rebase
    committed_at timestamp,              -- when this object was made
    author varchar,                      -- pseudonym
    is_bot boolean,
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One pull or merge request.
create table if not exists changes (
    change_id varchar not null,
    repository varchar,
    service varchar,
    title varchar,
    base_ref varchar,
    head_sha varchar,                    -- last own commit
    merge_sha varchar,                   -- what the merge, squash or rebase made on the base branch
    opened_at timestamp,
    first_reviewed_at timestamp,         -- first review by somebody other than the author
    approved_at timestamp,               -- the approval that made it mergeable
    merged_at timestamp,
    author varchar,                      -- pseudonym
    merged_by varchar,                   -- pseudonym
    approvers varchar[],                 -- pseudonyms
    labels varchar[],
    is_bot boolean,
    is_emergency boolean,
    checks_passed boolean,               -- all required checks were green when merged; null: not known
    url varchar,
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One own commit of a change, as authored: kept through squash and rebase.
create table if not exists change_commits (
    change_id varchar not null,
    commit_sha varchar not null,         -- own commit, before squash or rebase
    authored_at timestamp,
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One incident.
create table if not exists incidents (
    incident_id varchar not null,
    title varchar,
    severity varchar,                    -- critical, high, medium, low
    status varchar,                      -- open, investigating, mitigated, resolved
    services varchar[],
    detected_at timestamp,               -- when it was noticed: first alert, else null
    created_at timestamp,                -- when the record was made
    acknowledged_at timestamp,           -- first status change away from open, or the provider's acknowledgement
    mitigated_at timestamp,              -- users were well again
    resolved_at timestamp,               -- closed with the cause dealt with
    caused_by_deployment varchar,        -- deployment_id named in the record: an explicit link
    assigned_to varchar,                 -- pseudonym
    created_by varchar,                  -- pseudonym
    personal_data boolean,
    aware_at timestamp,                  -- personal-data breach: when we became aware
    notified_at timestamp,               -- personal-data breach: when the authority was told
    root_cause varchar,
    postmortem_url varchar,
    url varchar,
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One entry of an incident's timeline.
create table if not exists incident_events (
    event_id varchar not null,
    incident_id varchar,
    occurred_at timestamp,
    type varchar,                        -- status_change, comment, action, alert, system
    content varchar,
    actor varchar,                       -- pseudonym
    metadata varchar,                    -- canonical JSON; of a status_change: "from" and "to", in the words of incidents.status
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- Good and valid events of one objective in one window. An absent window is unknown, never zero.
create table if not exists sli_windows (
    slo_id varchar not null,
    window_start timestamp not null,
    window_end timestamp,
    good double,                         -- good events in the window
    valid double,                        -- valid events in the window
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One measured value of one series in one window: resource use, latency percentiles, counters.
create table if not exists metric_windows (
    metric varchar not null,
    labels varchar not null,             -- canonical JSON: keys sorted, no blanks
    window_start timestamp not null,
    window_end timestamp,
    value double,
    unit varchar,
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One firing of one alert.
create table if not exists alerts (
    alert_id varchar not null,
    name varchar,
    service varchar,
    severity varchar,
    starts_at timestamp,
    ends_at timestamp,
    labels varchar,
    annotations varchar,
    silenced boolean,
    receivers varchar[],
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One alerting rule as the running server evaluates it.
create table if not exists alert_rules (
    rule_id varchar not null,
    name varchar,
    query varchar,
    for_seconds double,
    severity varchar,
    labels varchar,
    annotations varchar,
    runbook_url varchar,
    enabled boolean,
    health varchar,
    last_evaluated_at timestamp,
    owner varchar,                       -- pseudonym
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- Where an alert of one severity ends, after the route tree of one router.
create table if not exists alert_routes (
    router varchar not null,
    severity varchar not null,
    service varchar not null,            -- *: an alert that names no service
    receiver varchar not null,
    channels varchar[],                  -- pagerduty, slack, email, …; empty: nobody
    send_resolved boolean,
    group_by varchar[],
    group_wait_seconds double,
    group_interval_seconds double,
    repeat_interval_seconds double,
    mute_intervals varchar[],
    origin varchar,                      -- file and line, or endpoint
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One silence of alerts.
create table if not exists silences (
    silence_id varchar not null,
    created_by varchar,                  -- pseudonym
    comment varchar,
    matchers varchar,
    starts_at timestamp,
    ends_at timestamp,
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One scrape target and its health when asked.
create table if not exists scrape_targets (
    target varchar not null,
    job varchar,
    service varchar,
    health varchar,                      -- up, down, unknown
    last_scraped_at timestamp,
    scrape_interval_seconds double,
    error varchar,
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One setting of one subject in one layer: declared, effective or measured.
create table if not exists settings (
    subject varchar not null,            -- product instance or document
    key varchar not null,
    layer varchar not null,              -- declared, effective, measured
    value varchar,
    unit varchar,
    origin varchar,                      -- file and line, or endpoint
    document_version varchar,
    required boolean,                    -- as the document itself marks it
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- What one address of an endpoint answered to one protocol version, and the certificate it presented. Null: not learnt.
create table if not exists tls_probes (
    endpoint varchar not null,
    protocol varchar not null,
    offered boolean,
    cipher varchar,
    certificate_subject varchar,
    issuer varchar,
    not_before timestamp,
    not_after timestamp,
    key_type varchar,
    key_bits bigint,
    chain_valid boolean,
    hostname_valid boolean,
    error varchar,
    vantage_point varchar,
    address varchar,
    server_name varchar,
    chain_error varchar,
    names varchar[],
    serial varchar,
    certificate_sha256 varchar,
    signature_algorithm varchar,
    self_signed boolean,
    weak_ciphers varchar[],
    ciphers_error varchar,
    client_certificate_required boolean,
    client_certificate_expected boolean,
    probed_at timestamp,
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One dashboard and its panels.
create table if not exists dashboards (
    dashboard_id varchar not null,
    title varchar,
    category varchar,
    panels varchar[],
    refresh_seconds double,
    updated_at timestamp,
    url varchar,
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- What a bounded sample of one log stream showed: counts and shares, never content.
create table if not exists log_samples (
    stream varchar not null,
    sampled_at timestamp not null,
    structured_share double,
    with_trace_id_share double,
    with_level_share double,
    pii_hits varchar,                    -- hits per kind, canonical JSON; counts only, never content
    sample_size bigint,
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One quality measure of one service at one commit.
create table if not exists quality_measures (
    service varchar not null,
    measured_at timestamp not null,
    measure varchar not null,
    commit_sha varchar,
    value double,
    unit varchar,
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One vulnerability a scanner found.
create table if not exists vulnerabilities (
    vulnerability_id varchar not null,
    service varchar,
    severity varchar,                    -- critical, high, medium, low
    scanner varchar,
    found_at timestamp,
    fixed_at timestamp,
    state varchar,
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One run of a vulnerability scanner.
create table if not exists scans (
    scan_id varchar not null,
    scanner varchar,
    service varchar,
    scanned_at timestamp,
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One document of the quality system: runbook, on-call guide, incident response plan, …
create table if not exists documents (
    document_id varchar not null,
    title varchar,
    kind varchar,
    owner varchar,
    approved_by varchar,                 -- pseudonym
    approved_at timestamp,
    review_due timestamp,
    sha256 varchar,
    url varchar,
    flaws bigint,                        -- found in it when it was read; null: it is only referred to
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One item of a plan's checklist, and the count its document claims.
create table if not exists plan_items (
    document varchar not null,
    section varchar not null,
    item varchar not null,
    done boolean,
    declared_count bigint,               -- what the document claims
    counted bigint,
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One thing that is wrong with a document itself, and where.
create table if not exists document_flaws (
    document varchar not null,
    key varchar not null,                -- setting, section or stage
    flaw varchar not null,               -- empty required, misfiled, count, …
    line bigint,
    observed varchar,
    expected varchar,
    document_version varchar,
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One accepted exception; the underlying fail is still printed.
create table if not exists waivers (
    waiver_id varchar not null,
    check_id varchar,
    resource varchar,                    -- null: every resource of the check
    reason varchar,
    compensating_control varchar,
    owner varchar,
    approver varchar,                    -- never the owner
    granted_at timestamp,
    expires_at timestamp,
    origin varchar,                      -- file and line
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One signed statement of a person about what no system shows.
create table if not exists attestations (
    attestation_id varchar not null,
    check_id varchar,
    resource varchar,                    -- null: every resource of the check
    statement varchar,
    owner varchar,
    attested_at timestamp,
    expires_at timestamp,
    evidence_url varchar,
    origin varchar,                      -- file and line
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One recorded choice between declarations that conflict.
create table if not exists decisions (
    decision_id varchar not null,
    setting varchar,                     -- key of the setting
    value varchar,
    unit varchar,
    reason varchar,
    approver varchar,
    decided_at timestamp,
    origin varchar,                      -- file and line
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One nonconformity as people keep it; never closed by the tool.
create table if not exists nonconformities (
    nonconformity_id varchar not null,
    fingerprint varchar,                 -- of the finding it answers for
    check_id varchar,
    resource varchar,
    control varchar,
    title varchar,
    requirement varchar,
    evidence varchar,
    deviation varchar,
    grade varchar,                       -- major, minor, observation
    repeat_of varchar,
    opened_at timestamp,
    containment varchar,
    root_cause varchar,
    cause_category varchar,
    owner varchar,
    due_at timestamp,
    closed_at timestamp,
    verifier varchar,                    -- never the owner
    effective boolean,
    origin varchar,                      -- file and line
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);

-- One corrective or preventive action of a nonconformity.
create table if not exists corrective_actions (
    action_id varchar not null,
    nonconformity_id varchar,
    kind varchar,                        -- containment, corrective, preventive
    action varchar,
    owner varchar,
    due_at timestamp,
    done_at timestamp,
    effective boolean,
    origin varchar,                      -- file and line
    source varchar not null,
    source_id varchar,
    version integer not null,
    vanished boolean not null,
    extract_id bigint not null,
    recorded_at timestamp not null,
    raw_sha256 varchar
);
