-- ---
-- title = "Endpoints and their certificates"
-- chapter = "tls"
-- order = 1
-- note = "As last probed, from the place named in the configuration: behind a proxy or load balancer that ends TLS, it is that one. Of several certificates the one that ends first. Days left count from the cut-off of knowledge. The verdict is the worse of the two checks, of sound TLS and of renewal in time."
-- ---
select
    tls_certificates.endpoint,
    case
        when tls_certificates.offered_versions > 0 then tls_certificates.protocols
        when tls_certificates.open_versions > 0 then 'not known'
        else 'none'
    end as protocols,
    tls_certificates.cipher,
    tls_certificates.certificate_subject,
    tls_certificates.issuer,
    tls_certificates.not_after,
    floor(tls_certificates.days_left) as days_left,
    case
        when tls_certificates.key_type is not null
            then concat(tls_certificates.key_type, ' ', coalesce(cast(tls_certificates.key_bits as varchar), ''))
    end as key_size,
    tls_certificates.probed_at,
    case
        when sound.status = 'fail' or renewed.status = 'fail' then 'fail'
        when sound.status = 'pass' and renewed.status = 'pass' then 'pass'
        else 'not assessed'
    end as status
from tls_certificates
left join findings as sound on tls_certificates.endpoint = sound.resource and sound.check_id = 'tls_endpoints'
left join findings as renewed
    on tls_certificates.endpoint = renewed.resource and renewed.check_id = 'certificate_expiry'
order by tls_certificates.endpoint
