-- ---
-- title = "Every endpoint speaks sound TLS only"
-- severity = "high"
-- controls = ["soc2:CC6.7", "pci_dss:4.2.1", "pci_dss:2.2.7", "hipaa:164.312(e)(1)", "gdpr:32(1)(a)", "iso27001:A.8.24", "iso27001:A.8.20", "gdpr:5(1)(f)", "hipaa:164.312(e)(2)(i)", "hipaa:164.312(e)(2)(ii)"]
-- why = "What is sent over an old version, a weak cipher or to a server that cannot prove its name can be read or changed on the way."
-- remedy = "Allow TLS 1.2 and 1.3 with forward secrecy and authenticated encryption only, and present a chain that the clients trust."
-- definition = """
-- Population: every endpoint that was probed, one row per address where a host has several. Sound: TLS 1.2 or 1.3 is
-- offered and nothing older; the chain leads to a trusted authority; the certificate names the host and is within its
-- dates at the report's cut-off of knowledge; its key is RSA of 2048 bits or an elliptic curve of 256 at least, and it
-- is not signed with MD5 or SHA-1; no cipher of the families NULL, EXPORT, RC4, DES, 3DES, anonymous or MD5 is offered;
-- a client certificate is demanded where that is declared. CBC ciphers, RSA key exchange and the lack of TLS 1.3 are
-- named and do not fail. What could not be learnt is not assessed: only the server's own answer is a refusal. A probe
-- older than the period says nothing of it.
-- """
-- ---
with versions as (
    select
        endpoint,
        count(distinct case when protocol in ('TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.3') then protocol end) as asked,
        count(case when protocol in ('TLS 1.2', 'TLS 1.3') and offered then 1 end) as sound_ones,
        count(case when protocol in ('TLS 1.2', 'TLS 1.3') and offered is null then 1 end) as open_ones,
        count(case when protocol = 'TLS 1.3' and not offered then 1 end) as without_newest,
        count(case when offered then 1 end) as offered_ones,
        min(case when not offered then error end) as refusal
    from tls_probes
    group by endpoint
),

ciphers as (
    select
        endpoint,
        unnest(weak_ciphers) as family
    from tls_probes
    where offered
),

said as (
    -- what is wrong
    select
        endpoint,
        'fail' as meaning,
        concat('It offers ', protocol, '.') as sentence
    from tls_probes
    where offered and protocol not in ('TLS 1.2', 'TLS 1.3')
    union
    select
        endpoint,
        'fail' as meaning,
        case
            when offered_ones > 0 then 'It offers neither TLS 1.2 nor TLS 1.3.'
            when refusal is not null then concat('It offers no version of TLS: ', refusal, '.')
            else 'It offers no version of TLS.'
        end as sentence
    from versions
    where sound_ones = 0 and open_ones = 0
    union
    select
        endpoint,
        'fail' as meaning,
        concat('Its chain is not trusted: ', coalesce(chain_error, 'no reason is recorded'), '.') as sentence
    from tls_probes
    where offered and not chain_valid
    union
    select
        endpoint,
        'fail' as meaning,
        concat('Its certificate does not name ', coalesce(server_name, endpoint), '.') as sentence
    from tls_probes
    where offered and not hostname_valid
    union
    select
        tls_probes.endpoint,
        'fail' as meaning,
        concat('Its certificate ended on ', cast(cast(tls_probes.not_after as date) as varchar), '.') as sentence
    from tls_probes
    cross join period
    where tls_probes.offered and tls_probes.not_after <= period.as_of
    union
    select
        tls_probes.endpoint,
        'fail' as meaning,
        concat('Its certificate begins on ', cast(cast(tls_probes.not_before as date) as varchar), ' only.') as sentence
    from tls_probes
    cross join period
    where tls_probes.offered and tls_probes.not_before > period.as_of
    union
    select
        endpoint,
        'fail' as meaning,
        concat('Its key is weak: ', key_type, ' of ', cast(key_bits as varchar), ' bits.') as sentence
    from tls_probes
    where offered and ((key_type in ('RSA', 'DSA') and key_bits < 2048) or (key_type = 'EC' and key_bits < 256))
    union
    select
        endpoint,
        'fail' as meaning,
        concat('Its certificate is signed with ', signature_algorithm, '.') as sentence
    from tls_probes
    where offered and signature_algorithm in ('md5', 'sha1')
    union
    select
        endpoint,
        'fail' as meaning,
        concat('It offers weak ciphers: ', family, '.') as sentence
    from ciphers
    where family not in ('CBC', 'RSA key exchange')
    union
    select
        endpoint,
        'fail' as meaning,
        'It demands no client certificate, though that is declared.' as sentence
    from tls_probes
    where offered and client_certificate_expected and not client_certificate_required
    -- what is not known
    union
    select
        endpoint,
        'unknown' as meaning,
        concat(protocol, ' could not be judged: ', coalesce(error, 'no reason is recorded'), '.') as sentence
    from tls_probes
    where offered is null
    union
    select
        endpoint,
        'unknown' as meaning,
        'Not every version was asked for.' as sentence
    from versions
    where asked < 4
    union
    select
        endpoint,
        'unknown' as meaning,
        concat('Its chain could not be judged: ', coalesce(chain_error, 'no reason is recorded'), '.') as sentence
    from tls_probes
    where offered and chain_valid is null
    union
    select
        endpoint,
        'unknown' as meaning,
        'Whether its certificate names the host is not known.' as sentence
    from tls_probes
    where offered and hostname_valid is null
    union
    select
        endpoint,
        'unknown' as meaning,
        'Dates, key or signature of its certificate are not known.' as sentence
    from tls_probes
    where
        offered
        and (
            not_before is null or not_after is null or key_type is null or key_bits is null
            or signature_algorithm is null
        )
    union
    select
        endpoint,
        'unknown' as meaning,
        concat('Its ciphers are not known: ', coalesce(ciphers_error, 'they were not asked for'), '.') as sentence
    from tls_probes
    where offered and protocol = 'TLS 1.2' and (weak_ciphers is null or ciphers_error is not null)
    union
    select
        endpoint,
        'unknown' as meaning,
        'Whether it demands a client certificate is not known.' as sentence
    from tls_probes
    where offered and client_certificate_expected and client_certificate_required is null
    -- what is worth knowing
    union
    select
        endpoint,
        'note' as meaning,
        concat('It also offers ', case family when 'CBC' then 'CBC ciphers' else family end, '.') as sentence
    from ciphers
    where family in ('CBC', 'RSA key exchange')
    union
    select
        endpoint,
        'note' as meaning,
        'It does not offer TLS 1.3.' as sentence
    from versions
    where without_newest > 0
),

told as (
    select
        endpoint,
        count(case when meaning = 'fail' then 1 end) as fails,
        count(case when meaning = 'unknown' then 1 end) as unknowns
    from said
    group by endpoint
),

reasons as (
    select
        endpoint,
        meaning,
        array_to_string(list_sort(list(sentence)), ' ') as sentences
    from said
    group by endpoint, meaning
),

judged as (
    select
        versions.endpoint,
        tls_certificates.probed_at,
        tls_certificates.is_stale,
        tls_certificates.protocols,
        case
            when tls_certificates.is_stale then 'not assessed'
            when told.fails > 0 then 'fail'
            when told.unknowns > 0 then 'not assessed'
            else 'pass'
        end as status
    from versions
    inner join tls_certificates on versions.endpoint = tls_certificates.endpoint
    left join told on versions.endpoint = told.endpoint
)

select
    judged.endpoint as resource,
    judged.status,
    case
        when judged.probed_at is null then 'No record says when it was probed.'
        when judged.is_stale
            then concat(
                'It was last probed on ', cast(cast(judged.probed_at as date) as varchar), ', before the period began.'
            )
        when judged.status = 'fail' then wrong.sentences
        when judged.status = 'not assessed' then unknown.sentences
        when noted.sentences is not null then concat('Its TLS is sound. ', noted.sentences)
        else 'Its TLS is sound.'
    end as reason,
    'TLS 1.2 or 1.3 only, a trusted certificate in the host''s name, no weak cipher or key' as expected,
    coalesce(judged.protocols, 'no version is known to be offered') as observed,
    concat(
        'interpretation: the requirements ask for strong cryptography and print no version; ',
        'TLS 1.2 and newer is the accepted reading, as in NIST SP 800-52 Rev. 2'
    ) as basis
from judged
left join reasons as wrong on judged.endpoint = wrong.endpoint and wrong.meaning = 'fail'
left join reasons as unknown on judged.endpoint = unknown.endpoint and unknown.meaning = 'unknown'
left join reasons as noted on judged.endpoint = noted.endpoint and noted.meaning = 'note'
order by resource
