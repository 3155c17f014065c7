-- A store of layout 1: three members, one of them merged into another, one gone.
PRAGMA application_id = 1246316101;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE events (
        position INTEGER PRIMARY KEY,
        stream TEXT NOT NULL,
        version INTEGER NOT NULL,
        topic TEXT NOT NULL,
        recorded_at INTEGER NOT NULL,
        state TEXT NOT NULL,
        UNIQUE (stream, version)
    ) STRICT;
INSERT INTO "events" VALUES(1,'program',1,'ProgramPublished.1',1772330400000000,'{"occurred_at":"2026-03-01T02:00:00Z","occurred_on":"2026-03-01","source":"api","request_id":"r-1","program_version":1,"version":1,"effective_from":"1999-12-31T16:00:00Z","content":"id = \"test\"\nname = \"Test\"\ncurrency = \"CNY\"\neffective_from = 2000-01-01\n\n[[earn]]\nid = \"base\"\npoints = 1\nper = \"1.00\"\n","program":{"id":"test","name":"Test","currency":"CNY","effective_from":"2000-01-01","zone":"Asia/Shanghai","points_decimals":0,"rounding":"floor","upgrade_first":false,"available_after_days":0,"future_tolerance_minutes":5,"return_window_days":null,"on_shortfall":"debt","returns_lower_tier":true,"reversal_grace_days":0,"hold_minutes":1440,"frozen_earns":true,"basis":{"tax":"included","except_categories":[],"except_tenders":["points","voucher","gift_card"]},"caps":{"per_purchase":null,"per_day":null,"per_member":null},"earn":[{"id":"base","enabled":true,"campaign":null,"starts_on":null,"ends_on":null,"weekdays":[],"days_of_month":[],"stores":[],"partners":[],"channels":[],"tiers":[],"occasions":[],"first_purchase":false,"min_amount":null,"priority":0,"stackable":true,"caps":{"per_purchase":null,"per_day":null,"per_member":null},"method":"per_amount","points":1,"per":"1.00","per_unit":false,"skus":[],"categories":[],"brands":[],"tenders":[]}],"multiply":[],"campaign":[],"bonus":[],"reward":[],"redemption":{"points":null,"money":null,"min_points":null,"step_points":null,"max_bill_percent":null},"limits":{"earnings_per_day":null,"earnings_per_month":null,"redemptions_per_day":null,"redemptions_per_month":null,"redeem_points_per_day":null,"redeem_points_per_month":null,"gifts_per_day":null,"gifts_per_month":null,"gift_points_per_day":null,"gift_points_per_month":null},"expiry":{"policy":"never","months":null,"years":1},"tier":[],"rfm":{"window_days":365,"recency_days":null,"frequency":null,"monetary":null}},"currency":"CNY","currency_exponent":2,"points_decimals":0,"zone":"Asia/Shanghai","rfm_window_days":365}');
INSERT INTO "events" VALUES(2,'member:m-001',1,'MemberEnrolled.1',1772330400000001,'{"occurred_at":"2026-03-01T02:00:00Z","occurred_on":"2026-03-01","source":"api","request_id":"r-2","program_version":1}');
INSERT INTO "events" VALUES(3,'member:m-002',1,'MemberEnrolled.1',1772330400000002,'{"occurred_at":"2026-03-01T02:00:00Z","occurred_on":"2026-03-01","source":"api","request_id":"r-3","program_version":1}');
INSERT INTO "events" VALUES(4,'member:m-003',1,'MemberEnrolled.1',1772330400000003,'{"occurred_at":"2026-03-01T02:00:00Z","occurred_on":"2026-03-01","source":"api","request_id":"r-4","program_version":1}');
INSERT INTO "events" VALUES(5,'member:m-001',2,'PurchaseRecorded.1',1772330400000004,'{"occurred_at":"2026-03-01T02:00:00Z","occurred_on":"2026-03-01","source":"api","request_id":"r-5","program_version":1,"lots":[{"lot":1,"points":120,"earned_on":"2026-03-01","available_from":"2026-03-01"}],"movements":[{"lot":1,"bucket":"available","points":120}],"purchase_id":"p-1","amount_minor":12000,"qualifying_minor":12000,"points_earned":120,"breakdown":[{"rule":"base","numerator":12000,"denominator":100,"amount_minor":12000}],"first":true}');
INSERT INTO "events" VALUES(6,'member:m-002',2,'PurchaseRecorded.1',1772330400000005,'{"occurred_at":"2026-03-01T02:00:00Z","occurred_on":"2026-03-01","source":"api","request_id":"r-6","program_version":1,"lots":[{"lot":1,"points":50,"earned_on":"2026-03-01","available_from":"2026-03-01"}],"movements":[{"lot":1,"bucket":"available","points":50}],"purchase_id":"p-2","amount_minor":5000,"qualifying_minor":5000,"points_earned":50,"breakdown":[{"rule":"base","numerator":5000,"denominator":100,"amount_minor":5000}],"first":true}');
INSERT INTO "events" VALUES(7,'member:m-001',3,'PointsRedeemed.1',1772330400000006,'{"occurred_at":"2026-03-01T02:00:00Z","occurred_on":"2026-03-01","source":"api","request_id":"r-7","program_version":1,"movements":[{"lot":1,"bucket":"available","points":-20}],"points_redeemed":20,"reason":"tea"}');
INSERT INTO "events" VALUES(8,'member:m-002',3,'MemberMerged.1',1772330400000007,'{"occurred_at":"2026-03-01T02:00:00Z","occurred_on":"2026-03-01","source":"api","request_id":"r-8","program_version":1,"movements":[{"lot":1,"bucket":"available","points":-50}],"other":"m-001","points_sent":50}');
INSERT INTO "events" VALUES(9,'member:m-001',4,'MemberAbsorbed.1',1772330400000008,'{"occurred_at":"2026-03-01T02:00:00Z","occurred_on":"2026-03-01","source":"api","request_id":"r-8","program_version":1,"lots":[{"lot":2,"points":50,"earned_on":"2026-03-01","available_from":"2026-03-01","from_member":"m-002","from_lot":1}],"movements":[{"lot":2,"bucket":"available","points":50}],"other":"m-002","points_received":50,"days":[{"day":"2026-03-01","net_minor":5000,"points":50,"purchases":1}]}');
INSERT INTO "events" VALUES(10,'member:m-003',2,'MemberClosed.1',1772330400000009,'{"occurred_at":"2026-03-01T02:00:00Z","occurred_on":"2026-03-01","source":"api","request_id":"r-9","program_version":1,"reason":"left"}');
CREATE TABLE receipts (
        partner TEXT NOT NULL,
        purchase_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (partner, purchase_id)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "receipts" VALUES('','p-1',5);
INSERT INTO "receipts" VALUES('','p-2',6);
CREATE TABLE requests (
        source TEXT NOT NULL,
        request_id TEXT NOT NULL,
        digest TEXT NOT NULL,
        first_position INTEGER NOT NULL,
        last_position INTEGER NOT NULL,
        PRIMARY KEY (source, request_id)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "requests" VALUES('api','r-1','340f2c3e61f28f60b6ac27ab7157fe11b91e2f56853a9051b2d29ce28d9619a6',1,1);
INSERT INTO "requests" VALUES('api','r-2','885c3de3a6768363eadc17fdb1831af74fb5a3050ea03621ceac973b8472d6a7',2,2);
INSERT INTO "requests" VALUES('api','r-3','7219925fd5c8ea4fcc2dd29d59fb7e8caf85b833fbb0de44ce1029fe15c8fb02',3,3);
INSERT INTO "requests" VALUES('api','r-4','18a54912b8956f786e2360ede4b100ff603bb721b330aff19f39c49639a87012',4,4);
INSERT INTO "requests" VALUES('api','r-5','f203af9b8a0e6f9b19f07a2de1424afd221627ec572ac1c2354885aafa1ad3d9',5,5);
INSERT INTO "requests" VALUES('api','r-6','e253e37baf8d5ea189168ce990d83b530c71e0a718bc65ceaa3765d33a68e0be',6,6);
INSERT INTO "requests" VALUES('api','r-7','8a081f6405ca8daa7abb1b5920f15eb98d399c9c139493ec2687b0f32d1e5bd6',7,7);
INSERT INTO "requests" VALUES('api','r-8','7e743077c9cddf3559b47cc77c3acacd8fbc7dc77e6b2ef09b5ca463d7586d2d',8,9);
INSERT INTO "requests" VALUES('api','r-9','f54b49f3e8db2620ecd153f5b4b1798f98438b30b04d40b7684ccffc6744346d',10,10);
CREATE TABLE seals (
        last_position INTEGER PRIMARY KEY,
        count INTEGER NOT NULL,
        root TEXT NOT NULL,
        previous TEXT NOT NULL,
        seal TEXT NOT NULL
    ) STRICT;
INSERT INTO "seals" VALUES(1,1,'e75b7654df0bb9e7d34e4bfc0419bfd13bf0155ada3313a1c047efd17776a596','0000000000000000000000000000000000000000000000000000000000000000','c612db69e4ad80d177435b992dc75c13a6c1764586c543f6707f7cfc55b76784');
INSERT INTO "seals" VALUES(2,1,'ef6eae751e671d5d1e28667a7ff8e993556ed95898a54d8c055eec571ea94003','c612db69e4ad80d177435b992dc75c13a6c1764586c543f6707f7cfc55b76784','cc7fbb30341a86114d90db5bf3beba053607c0ab4fcf4e94b4f78dc40465929a');
INSERT INTO "seals" VALUES(3,1,'8b990d7cc02f8e86479cca431f4c657f48b37916f7586c7748fea7ef9a4e044d','cc7fbb30341a86114d90db5bf3beba053607c0ab4fcf4e94b4f78dc40465929a','0bb9bbf68953038fb4c26bede8aa5de3502766c3cbfd80b06009fe6222303f6e');
INSERT INTO "seals" VALUES(4,1,'fdefcba33d4b90ceb4d11b8f5fa507b5f2796993b88e53f56808df8d1f2577df','0bb9bbf68953038fb4c26bede8aa5de3502766c3cbfd80b06009fe6222303f6e','32d56a38c74b22246c05330c47560f9fd64b3c96636d3fddcaf48bf6dabb2e42');
INSERT INTO "seals" VALUES(5,1,'d3b17f0d8ee69acab255867fe3cc36bfa93daa45518db608171ee6c69554cd67','32d56a38c74b22246c05330c47560f9fd64b3c96636d3fddcaf48bf6dabb2e42','a9723a31dac41c701d36f4b72ffb4b1dc9e2de424319e91db6446d53898c8532');
INSERT INTO "seals" VALUES(6,1,'e8fe0502e232cfde1aa33c554a85749341235ca6a86036d52cea3e3d18e413fd','a9723a31dac41c701d36f4b72ffb4b1dc9e2de424319e91db6446d53898c8532','965fb6ec4320f11c4c918add1da3d0fb5935068a8612614fab02b21f17608155');
INSERT INTO "seals" VALUES(7,1,'423319f797caa5e486dfb4d3f6e6e6455c1bd0d2c91e24d79fee3ee8bc8f1938','965fb6ec4320f11c4c918add1da3d0fb5935068a8612614fab02b21f17608155','2ebeefb30837ff54e44edd780a16e68bee18d1ea5e7611e52a24b95a1ef6a89d');
INSERT INTO "seals" VALUES(9,2,'9863048ee5f5b02a676ac2b25af510c2e0fb7b6cf75aaf6a4885cb5ba67305db','2ebeefb30837ff54e44edd780a16e68bee18d1ea5e7611e52a24b95a1ef6a89d','20834fc27f150785f16937738a6012216f8bd8ae335b2bc6fd878defc8d7d455');
INSERT INTO "seals" VALUES(10,1,'bcc155cfdfc2bdaa7c5f8682641cdda6f30c085a5a39bf995362d8305f444b0b','20834fc27f150785f16937738a6012216f8bd8ae335b2bc6fd878defc8d7d455','ae917931741eec18d2602425031f9cfbaea36ce35bc3d387a7dff3c1b5f2b2e4');
COMMIT;
