-- rfm_at(on_day, days): recency, frequency and monetary value of every member.
-- Reads: members, spending_by, closings, programs.
--
-- The window is the `days` days that end with `on_day`: on_day - days < occurred_on <= on_day.
-- Members who joined by then and bought nothing in it have NULL measures, scores and code. Who
-- left by then has no row, and who was merged counts as the member who they are now.
--
-- member          the member's id
-- recency_days    days from the last purchase to on_day
-- frequency       purchases, those of zero money included, but none of which nothing was kept
-- monetary_minor  net spend, minor units: less what came back up to and with on_day
-- r_score, f_score, m_score    1 to 5 by quintile, 5 the best. With n members in the window and c
--                 of them no better than this one (itself and its equals included), it is
--                 5c / n rounded up: members with equal values always share a score
-- r, f, m         2 or 1: at the newest program's threshold or better; where it names none,
--                 strictly better than the median of the members in the window
-- code            r, f and m, '222' to '111'
-- cell, cell_en   the name of the code
CREATE MACRO rfm_at(on_day, days) AS TABLE
WITH split AS (
    SELECT
        max(rfm_recency_days) AS split_recency,
        max(rfm_frequency) AS split_frequency,
        max(rfm_monetary_minor) AS split_monetary
    FROM programs
    WHERE position = (SELECT max(position) FROM programs)
),
gone AS (
    SELECT member FROM closings WHERE occurred_on <= on_day::DATE
),
bought AS (
    SELECT
        member,
        max(occurred_on) AS last_on,
        count(*) AS frequency,
        sum(net_minor)::BIGINT AS monetary_minor
    FROM spending_by(on_day)
    WHERE occurred_on > on_day::DATE - days::INTEGER AND member NOT IN (FROM gone)
    GROUP BY member
),
measured AS (
    SELECT member, on_day::DATE - last_on AS recency_days, frequency, monetary_minor FROM bought
),
middle AS (
    SELECT
        count(*) AS buyers,
        -- The measure turned round, so that more is better throughout. Of an even number the lower
        -- middle one: what is above it is above the mean of both, too.
        quantile_disc(-recency_days, 0.5) AS middle_recency,
        quantile_disc(frequency, 0.5) AS middle_frequency,
        quantile_disc(monetary_minor, 0.5) AS middle_monetary
    FROM measured
),
scored AS (
    SELECT
        member, recency_days, frequency, monetary_minor,
        (5 * count(*) OVER (ORDER BY recency_days DESC) + buyers - 1) // buyers AS r_score,
        (5 * count(*) OVER (ORDER BY frequency) + buyers - 1) // buyers AS f_score,
        (5 * count(*) OVER (ORDER BY monetary_minor) + buyers - 1) // buyers AS m_score,
        1 + coalesce(recency_days <= split_recency, -recency_days > middle_recency)::INTEGER AS r,
        1 + coalesce(frequency >= split_frequency, frequency > middle_frequency)::INTEGER AS f,
        1 + coalesce(monetary_minor >= split_monetary, monetary_minor > middle_monetary)::INTEGER
            AS m
    FROM measured, middle, split
),
cells(cell_code, cell_name, cell_name_en) AS (
    VALUES
        ('222', '重要价值客户', 'important value customer'),
        ('212', '重要发展客户', 'important development customer'),
        ('122', '重要保持客户', 'important retention customer'),
        ('112', '重要挽留客户', 'important win-back customer'),
        ('221', '一般价值客户', 'general value customer'),
        ('211', '一般发展客户', 'general development customer'),
        ('121', '一般保持客户', 'general retention customer'),
        ('111', '一般挽留客户', 'general win-back customer')
),
joined AS (
    SELECT member
    FROM members
    WHERE enrolled_on <= on_day::DATE AND status <> 'merged' AND member NOT IN (FROM gone)
)
SELECT
    member, recency_days, frequency, monetary_minor, r_score, f_score, m_score, r, f, m,
    cell_code AS code,
    coalesce(cell_name, '窗口内无消费') AS cell,
    coalesce(cell_name_en, 'no purchase in the window') AS cell_en
FROM joined
FULL JOIN (SELECT *, (100 * r + 10 * f + m)::VARCHAR AS code_of_row FROM scored) USING (member)
LEFT JOIN cells ON cell_code = code_of_row;
