/* Generated from host/protocol by the test `generated`; do not edit.
 *
 * Only macros: usable from C99 and OpenCL C 1.2.
 *
 *   TG_MSG_<MESSAGE>         MsgType
 *   TG_MIN_<MESSAGE>         bytes of the body when every group is empty
 *   TG_<PART>_LEN            bytes of the fixed fields of a part
 *   TG_<PART>_<FIELD>_AT     first byte of a field, counted from the start of the part
 *   TG_<PART>_<FIELD>_BYTES  length of a field
 *
 *   TG_DATAGRAM_<FIELD>_AT   first byte of a field of a published datagram's header
 *   TG_RECORD_<KIND>         the byte that says what a record is
 *   TG_<RECORD>_<FIELD>_AT   first byte of a field of a record
 *
 * Records and datagrams are little-endian, everything of the exchange is big-endian.
 *
 * The first part of a message begins with the body, so its places are those in the body. Other
 * parts are entries of a group or follow one.
 */
#ifndef TIDEGATE_PROTOCOL_H
#define TIDEGATE_PROTOCOL_H

/* Layout of this table: both ends must have the same. */
#define TG_PROTOCOL_ID_HI 0xc6685f2bUL
#define TG_PROTOCOL_ID_LO 0xb1512231UL

/* Limits */
#define TG_HEADER_BYTES                                  8u         /* bytes of MsgType and BodyLength */
#define TG_TRAILER_BYTES                                 4u         /* bytes of the checksum */
#define TG_MAX_BODY_BYTES                                8192u      /* longest body but an announcement's, in bytes */
#define TG_MAX_ANNOUNCEMENT_BYTES                        1048576u   /* longest body of 390012, in bytes */
#define TG_BEAT_BYTES                                    16u        /* bytes of a word of an IO channel */
#define TG_MAX_SESSIONS                                  128u       /* sessions of one TOE */
#define TG_MAX_PACKET_BYTES                              16384u     /* longest packet a TOE may announce, in bytes */
#define TG_MAX_PREFIX_BYTES                              1024u      /* longest prefix of a packet, in bytes */
#define TG_HOLD_BYTES                                    2048u      /* longest known part of a body that is held, in bytes */
#define TG_MAX_SECURITIES                                65536u     /* named securities on the CPU */
#define TG_MAX_SECURITIES_CARD                           4096u      /* named securities on the card */
#define TG_MAX_CONSTITUENTS                              4096u      /* constituents of the index */
#define TG_MAX_SHARES                                    1000000000000UL /* most whole shares of one constituent */
#define TG_BOOK_LEVELS                                   10u        /* price levels a side in the quote table */
#define TG_QUEUE_ITEMS                                   100u       /* queue quantities a row, all levels together */
#define TG_MAX_TRIGGERS                                  16u        /* triggers */
#define TG_MAX_CONDITIONS                                4u         /* conditions of one trigger */
#define TG_WINDOW_SLOTS                                  64u        /* slots of a change window */
#define TG_WINDOW_SENDS                                  64u        /* sends that a window remembers */
#define TG_MAX_WINDOW_MS                                 86400000u  /* longest window, in milliseconds */
#define TG_MAX_REQUESTS                                  65536u     /* requests of a run on the CPU */
#define TG_MAX_REQUESTS_CARD                             4096u      /* requests of a run on the card */
#define TG_MAX_PARTITIONS                                64u        /* partitions whose ReportIndex is followed */

/* Messages */
#define TG_MSG_LOGON                                     1u         /* Logon */
#define TG_MIN_LOGON                                     92u        /* shortest body, bytes */
#define TG_MSG_LOGOUT                                    2u         /* Logout */
#define TG_MIN_LOGOUT                                    204u       /* shortest body, bytes */
#define TG_MSG_HEARTBEAT                                 3u         /* Heartbeat */
#define TG_MIN_HEARTBEAT                                 0u         /* shortest body, bytes */
#define TG_MSG_TRADING_BUSINESS_REJECT                   4u         /* Business reject (trading) */
#define TG_MIN_TRADING_BUSINESS_REJECT                   103u       /* shortest body, bytes */
#define TG_MSG_REPORT_SYNCHRONIZATION                    5u         /* Report synchronisation */
#define TG_MIN_REPORT_SYNCHRONIZATION                    4u         /* shortest body, bytes */
#define TG_MSG_PLATFORM_STATE_INFO                       6u         /* Platform state */
#define TG_MIN_PLATFORM_STATE_INFO                       4u         /* shortest body, bytes */
#define TG_MSG_REPORT_FINISHED                           7u         /* End of the reports of a partition */
#define TG_MIN_REPORT_FINISHED                           14u        /* shortest body, bytes */
#define TG_MSG_BUSINESS_REJECT                           8u         /* Business reject (market data) */
#define TG_MIN_BUSINESS_REJECT                           74u        /* shortest body, bytes */
#define TG_MSG_PLATFORM_INFO                             9u         /* Platform information */
#define TG_MIN_PLATFORM_INFO                             6u         /* shortest body, bytes */
#define TG_MSG_TRADING_SESSION_STATUS                    10u        /* Trading session status */
#define TG_MIN_TRADING_SESSION_STATUS                    42u        /* shortest body, bytes */
#define TG_MSG_NEW_ORDER                                 100101u    /* New order, cash auction */
#define TG_MIN_NEW_ORDER                                 109u       /* shortest body, bytes */
#define TG_MSG_ORDER_CANCEL_REQUEST                      190007u    /* Order cancel request */
#define TG_MIN_ORDER_CANCEL_REQUEST                      86u        /* shortest body, bytes */
#define TG_MSG_ORDER_REPORT                              200102u    /* Execution report: accepted, rejected or cancelled */
#define TG_MIN_ORDER_REPORT                              189u       /* shortest body, bytes */
#define TG_MSG_FILL_REPORT                               200115u    /* Execution report: a fill */
#define TG_MIN_FILL_REPORT                               153u       /* shortest body, bytes */
#define TG_MSG_CANCEL_REJECT                             290008u    /* Cancel reject */
#define TG_MIN_CANCEL_REJECT                             115u       /* shortest body, bytes */
#define TG_MSG_AUCTION_SNAPSHOT                          300111u    /* Auction snapshot */
#define TG_MIN_AUCTION_SNAPSHOT                          69u        /* shortest body, bytes */
#define TG_MSG_AUCTION_TRADE                             300191u    /* Auction tick trade or cancel */
#define TG_MIN_AUCTION_TRADE                             66u        /* shortest body, bytes */
#define TG_MSG_AUCTION_ORDER                             300192u    /* Auction tick order */
#define TG_MIN_AUCTION_ORDER                             51u        /* shortest body, bytes */
#define TG_MSG_BOND_SNAPSHOT                             300211u    /* Bond snapshot */
#define TG_MIN_BOND_SNAPSHOT                             89u        /* shortest body, bytes */
#define TG_MSG_BOND_TRADE                                300291u    /* Bond match tick trade or cancel */
#define TG_MIN_BOND_TRADE                                66u        /* shortest body, bytes */
#define TG_MSG_BOND_ORDER                                300292u    /* Bond match tick order */
#define TG_MIN_BOND_ORDER                                51u        /* shortest body, bytes */
#define TG_MSG_BOND_NEGOTIATED_TRADE                     300391u    /* Bond negotiated, click or inquiry trade */
#define TG_MIN_BOND_NEGOTIATED_TRADE                     69u        /* shortest body, bytes */
#define TG_MSG_BOND_QUOTE_ORDER                          300392u    /* Bond negotiated or click quote order */
#define TG_MIN_BOND_QUOTE_ORDER                          369u       /* shortest body, bytes */
#define TG_MSG_BOND_BIDDING_TRADE                        300491u    /* Bond bidding trade */
#define TG_MIN_BOND_BIDDING_TRADE                        95u        /* shortest body, bytes */
#define TG_MSG_BOND_BIDDING_ORDER                        300492u    /* Bond bidding order */
#define TG_MIN_BOND_BIDDING_ORDER                        407u       /* shortest body, bytes */
#define TG_MSG_AGREEMENT_TRADE                           300591u    /* Agreement trade */
#define TG_MIN_AGREEMENT_TRADE                           66u        /* shortest body, bytes */
#define TG_MSG_AGREEMENT_ORDER                           300592u    /* Agreement order */
#define TG_MIN_AGREEMENT_ORDER                           100u       /* shortest body, bytes */
#define TG_MSG_BLOCK_SNAPSHOT                            300611u    /* After-hours block pricing snapshot */
#define TG_MIN_BLOCK_SNAPSHOT                            69u        /* shortest body, bytes */
#define TG_MSG_REFINANCING_TRADE                         300791u    /* Refinancing (securities lending) trade */
#define TG_MIN_REFINANCING_TRADE                         66u        /* shortest body, bytes */
#define TG_MSG_REFINANCING_ORDER                         300792u    /* Refinancing (securities lending) order */
#define TG_MIN_REFINANCING_ORDER                         53u        /* shortest body, bytes */
#define TG_MSG_FIXED_PRICE_SNAPSHOT                      303711u    /* After-hours fixed-price snapshot (ChiNext) */
#define TG_MIN_FIXED_PRICE_SNAPSHOT                      69u        /* shortest body, bytes */
#define TG_MSG_HK_SNAPSHOT                               306311u    /* Hong Kong Connect snapshot */
#define TG_MIN_HK_SNAPSHOT                               73u        /* shortest body, bytes */
#define TG_MSG_INDEX_SNAPSHOT                            309011u    /* Index snapshot */
#define TG_MIN_INDEX_SNAPSHOT                            69u        /* shortest body, bytes */
#define TG_MSG_VOLUME_STATISTICS                         309111u    /* Volume statistics snapshot */
#define TG_MIN_VOLUME_STATISTICS                         69u        /* shortest body, bytes */
#define TG_MSG_ANNOUNCEMENT                              390012u    /* Announcement */
#define TG_MIN_ANNOUNCEMENT                              158u       /* shortest body, bytes */
#define TG_MSG_SECURITY_STATUS                           390013u    /* Security status */
#define TG_MIN_SECURITY_STATUS                           34u        /* shortest body, bytes */
#define TG_MSG_MARKET_STATUS                             390019u    /* Market status (Hong Kong Connect quota) */
#define TG_MIN_MARKET_STATUS                             69u        /* shortest body, bytes */
#define TG_MSG_CHANNEL_STATISTICS                        390090u    /* Snapshot channel statistics */
#define TG_MIN_CHANNEL_STATISTICS                        14u        /* shortest body, bytes */
#define TG_MSG_USER_INFO_REPORT                          390093u    /* User information report */
#define TG_MIN_USER_INFO_REPORT                          26u        /* shortest body, bytes */
#define TG_MSG_RESEND                                    390094u    /* Resend request and response */
#define TG_MIN_RESEND                                    44u        /* shortest body, bytes */
#define TG_MSG_CHANNEL_HEARTBEAT                         390095u    /* Channel heartbeat */
#define TG_MIN_CHANNEL_HEARTBEAT                         12u        /* shortest body, bytes */

/* Logon: part of 1 */
#define TG_LOGON_LEN                                     92u        /* bytes */
#define TG_LOGON_SENDER_COMP_ID_AT                       0u         /* char[]: who sends */
#define TG_LOGON_SENDER_COMP_ID_BYTES                    20u
#define TG_LOGON_TARGET_COMP_ID_AT                       20u        /* char[]: who receives */
#define TG_LOGON_TARGET_COMP_ID_BYTES                    20u
#define TG_LOGON_HEART_BT_INT_AT                         40u        /* Int32: heartbeat interval in seconds */
#define TG_LOGON_HEART_BT_INT_BYTES                      4u
#define TG_LOGON_PASSWORD_AT                             44u        /* char[]: password */
#define TG_LOGON_PASSWORD_BYTES                          16u
#define TG_LOGON_DEFAULT_APPL_VER_ID_AT                  60u        /* char[]: interface version, such as 1.02 */
#define TG_LOGON_DEFAULT_APPL_VER_ID_BYTES               32u

/* Logout: part of 2 */
#define TG_LOGOUT_LEN                                    204u       /* bytes */
#define TG_LOGOUT_SESSION_STATUS_AT                      0u         /* Int32: why; see SessionStatus */
#define TG_LOGOUT_SESSION_STATUS_BYTES                   4u
#define TG_LOGOUT_TEXT_AT                                4u         /* char[] (GBK): remark */
#define TG_LOGOUT_TEXT_BYTES                             200u

/* TradingBusinessReject: part of 4 */
#define TG_TRADING_BUSINESS_REJECT_LEN                   103u       /* bytes */
#define TG_TRADING_BUSINESS_REJECT_APPL_ID_AT            0u         /* char[]: business, such as 010 */
#define TG_TRADING_BUSINESS_REJECT_APPL_ID_BYTES         3u
#define TG_TRADING_BUSINESS_REJECT_TRANSACT_TIME_AT      3u         /* LocalTimeStamp: time of the reject */
#define TG_TRADING_BUSINESS_REJECT_TRANSACT_TIME_BYTES   8u
#define TG_TRADING_BUSINESS_REJECT_SUBMITTING_PBUID_AT   11u        /* char[]: submitting unit, echoed */
#define TG_TRADING_BUSINESS_REJECT_SUBMITTING_PBUID_BYTES 6u
#define TG_TRADING_BUSINESS_REJECT_SECURITY_ID_AT        17u        /* char[]: security code, echoed */
#define TG_TRADING_BUSINESS_REJECT_SECURITY_ID_BYTES     8u
#define TG_TRADING_BUSINESS_REJECT_SECURITY_ID_SOURCE_AT 25u        /* char[]: 102 Shenzhen, echoed */
#define TG_TRADING_BUSINESS_REJECT_SECURITY_ID_SOURCE_BYTES 4u
#define TG_TRADING_BUSINESS_REJECT_REF_SEQ_NUM_AT        29u        /* SeqNum: sequence number of the refused message */
#define TG_TRADING_BUSINESS_REJECT_REF_SEQ_NUM_BYTES     8u
#define TG_TRADING_BUSINESS_REJECT_REF_MSG_TYPE_AT       37u        /* uInt32: MsgType of the refused message */
#define TG_TRADING_BUSINESS_REJECT_REF_MSG_TYPE_BYTES    4u
#define TG_TRADING_BUSINESS_REJECT_BUSINESS_REJECT_REF_ID_AT 41u        /* char[]: ClOrdID of the refused message */
#define TG_TRADING_BUSINESS_REJECT_BUSINESS_REJECT_REF_ID_BYTES 10u
#define TG_TRADING_BUSINESS_REJECT_BUSINESS_REJECT_REASON_AT 51u        /* uInt16: reason */
#define TG_TRADING_BUSINESS_REJECT_BUSINESS_REJECT_REASON_BYTES 2u
#define TG_TRADING_BUSINESS_REJECT_BUSINESS_REJECT_TEXT_AT 53u        /* char[] (UTF-8 or GBK): reason in words */
#define TG_TRADING_BUSINESS_REJECT_BUSINESS_REJECT_TEXT_BYTES 50u

/* ReportSynchronization: part of 5 */
#define TG_REPORT_SYNCHRONIZATION_LEN                    4u         /* bytes */
#define TG_REPORT_SYNCHRONIZATION_NO_PARTITIONS_AT       0u         /* NumInGroup: partitions that follow */
#define TG_REPORT_SYNCHRONIZATION_NO_PARTITIONS_BYTES    4u

/* ReportPosition: part of 5 */
#define TG_REPORT_POSITION_LEN                           12u        /* bytes */
#define TG_REPORT_POSITION_PARTITION_NO_AT               0u         /* Int32: partition */
#define TG_REPORT_POSITION_PARTITION_NO_BYTES            4u
#define TG_REPORT_POSITION_REPORT_INDEX_AT               4u         /* SeqNum: next number wanted, from 1 */
#define TG_REPORT_POSITION_REPORT_INDEX_BYTES            8u

/* PlatformStateInfo: part of 6 */
#define TG_PLATFORM_STATE_INFO_LEN                       4u         /* bytes */
#define TG_PLATFORM_STATE_INFO_PLATFORM_ID_AT            0u         /* uInt16: platform; 1 cash auction */
#define TG_PLATFORM_STATE_INFO_PLATFORM_ID_BYTES         2u
#define TG_PLATFORM_STATE_INFO_PLATFORM_STATE_AT         2u         /* uInt16: 0 not open, 1 opening, 2 open, 3 halt, 4 closed */
#define TG_PLATFORM_STATE_INFO_PLATFORM_STATE_BYTES      2u

/* ReportFinished: part of 7 */
#define TG_REPORT_FINISHED_LEN                           14u        /* bytes */
#define TG_REPORT_FINISHED_PARTITION_NO_AT               0u         /* Int32: partition */
#define TG_REPORT_FINISHED_PARTITION_NO_BYTES            4u
#define TG_REPORT_FINISHED_REPORT_INDEX_AT               4u         /* SeqNum: number in the partition */
#define TG_REPORT_FINISHED_REPORT_INDEX_BYTES            8u
#define TG_REPORT_FINISHED_PLATFORM_ID_AT                12u        /* uInt16: platform; 1 cash auction */
#define TG_REPORT_FINISHED_PLATFORM_ID_BYTES             2u

/* BusinessReject: part of 8 */
#define TG_BUSINESS_REJECT_LEN                           74u        /* bytes */
#define TG_BUSINESS_REJECT_REF_SEQ_NUM_AT                0u         /* SeqNum: sequence number of the refused message */
#define TG_BUSINESS_REJECT_REF_SEQ_NUM_BYTES             8u
#define TG_BUSINESS_REJECT_REF_MSG_TYPE_AT               8u         /* uInt32: MsgType of the refused message */
#define TG_BUSINESS_REJECT_REF_MSG_TYPE_BYTES            4u
#define TG_BUSINESS_REJECT_BUSINESS_REJECT_REF_ID_AT     12u        /* char[]: identifier in the refused message */
#define TG_BUSINESS_REJECT_BUSINESS_REJECT_REF_ID_BYTES  10u
#define TG_BUSINESS_REJECT_BUSINESS_REJECT_REASON_AT     22u        /* uInt16: reason */
#define TG_BUSINESS_REJECT_BUSINESS_REJECT_REASON_BYTES  2u
#define TG_BUSINESS_REJECT_BUSINESS_REJECT_TEXT_AT       24u        /* char[] (GBK): reason in words */
#define TG_BUSINESS_REJECT_BUSINESS_REJECT_TEXT_BYTES    50u

/* PlatformInfo: part of 9 */
#define TG_PLATFORM_INFO_LEN                             6u         /* bytes */
#define TG_PLATFORM_INFO_PLATFORM_ID_AT                  0u         /* uInt16: platform; 1 cash auction */
#define TG_PLATFORM_INFO_PLATFORM_ID_BYTES               2u
#define TG_PLATFORM_INFO_NO_PARTITIONS_AT                2u         /* NumInGroup: partitions that follow */
#define TG_PLATFORM_INFO_NO_PARTITIONS_BYTES             4u

/* PlatformPartition: part of 9 */
#define TG_PLATFORM_PARTITION_LEN                        4u         /* bytes */
#define TG_PLATFORM_PARTITION_PARTITION_NO_AT            0u         /* Int32: partition */
#define TG_PLATFORM_PARTITION_PARTITION_NO_BYTES         4u

/* TradingSessionStatus: part of 10 */
#define TG_TRADING_SESSION_STATUS_LEN                    42u        /* bytes */
#define TG_TRADING_SESSION_STATUS_MARKET_ID_AT           0u         /* char[]: reserved */
#define TG_TRADING_SESSION_STATUS_MARKET_ID_BYTES        8u
#define TG_TRADING_SESSION_STATUS_MARKET_SEGMENT_ID_AT   8u         /* char[]: first character: the platform */
#define TG_TRADING_SESSION_STATUS_MARKET_SEGMENT_ID_BYTES 8u
#define TG_TRADING_SESSION_STATUS_TRADING_SESSION_ID_AT  16u        /* char[]: reserved */
#define TG_TRADING_SESSION_STATUS_TRADING_SESSION_ID_BYTES 4u
#define TG_TRADING_SESSION_STATUS_TRADING_SESSION_SUB_ID_AT 20u        /* char[]: part of the session, digits */
#define TG_TRADING_SESSION_STATUS_TRADING_SESSION_SUB_ID_BYTES 4u
#define TG_TRADING_SESSION_STATUS_TRAD_SES_STATUS_AT     24u        /* uInt16: reserved */
#define TG_TRADING_SESSION_STATUS_TRAD_SES_STATUS_BYTES  2u
#define TG_TRADING_SESSION_STATUS_TRAD_SES_START_TIME_AT 26u        /* LocalTimeStamp: start of the session */
#define TG_TRADING_SESSION_STATUS_TRAD_SES_START_TIME_BYTES 8u
#define TG_TRADING_SESSION_STATUS_TRAD_SES_END_TIME_AT   34u        /* LocalTimeStamp: end of the session */
#define TG_TRADING_SESSION_STATUS_TRAD_SES_END_TIME_BYTES 8u

/* NewOrder: part of 100101 */
#define TG_NEW_ORDER_LEN                                 109u       /* bytes */
#define TG_NEW_ORDER_APPL_ID_AT                          0u         /* char[]: business: 010 */
#define TG_NEW_ORDER_APPL_ID_BYTES                       3u
#define TG_NEW_ORDER_SUBMITTING_PBUID_AT                 3u         /* char[]: submitting unit */
#define TG_NEW_ORDER_SUBMITTING_PBUID_BYTES              6u
#define TG_NEW_ORDER_SECURITY_ID_AT                      9u         /* char[]: security code */
#define TG_NEW_ORDER_SECURITY_ID_BYTES                   8u
#define TG_NEW_ORDER_SECURITY_ID_SOURCE_AT               17u        /* char[]: 102 Shenzhen */
#define TG_NEW_ORDER_SECURITY_ID_SOURCE_BYTES            4u
#define TG_NEW_ORDER_OWNER_TYPE_AT                       21u        /* uInt16: who originates; see OwnerType */
#define TG_NEW_ORDER_OWNER_TYPE_BYTES                    2u
#define TG_NEW_ORDER_CLEARING_FIRM_AT                    23u        /* char[]: clearing place, 01 as a rule */
#define TG_NEW_ORDER_CLEARING_FIRM_BYTES                 2u
#define TG_NEW_ORDER_TRANSACT_TIME_AT                    25u        /* LocalTimeStamp: time of the order, set by the sender */
#define TG_NEW_ORDER_TRANSACT_TIME_BYTES                 8u
#define TG_NEW_ORDER_USER_INFO_AT                        33u        /* char[]: private, echoed; printable ASCII */
#define TG_NEW_ORDER_USER_INFO_BYTES                     8u
#define TG_NEW_ORDER_CL_ORD_ID_AT                        41u        /* char[]: sender's order number */
#define TG_NEW_ORDER_CL_ORD_ID_BYTES                     10u
#define TG_NEW_ORDER_ACCOUNT_ID_AT                       51u        /* char[]: securities account */
#define TG_NEW_ORDER_ACCOUNT_ID_BYTES                    12u
#define TG_NEW_ORDER_BRANCH_ID_AT                        63u        /* char[]: branch */
#define TG_NEW_ORDER_BRANCH_ID_BYTES                     4u
#define TG_NEW_ORDER_ORDER_RESTRICTIONS_AT               67u        /* char[]: flags: 1 programme, E algorithmic trading */
#define TG_NEW_ORDER_ORDER_RESTRICTIONS_BYTES            4u
#define TG_NEW_ORDER_SIDE_AT                             71u        /* char: 1 buy, 2 sell */
#define TG_NEW_ORDER_SIDE_BYTES                          1u
#define TG_NEW_ORDER_ORD_TYPE_AT                         72u        /* char: 1 market, 2 limit, U own side best */
#define TG_NEW_ORDER_ORD_TYPE_BYTES                      1u
#define TG_NEW_ORDER_ORDER_QTY_AT                        73u        /* Qty, 1e-2: quantity */
#define TG_NEW_ORDER_ORDER_QTY_BYTES                     8u
#define TG_NEW_ORDER_PRICE_AT                            81u        /* Price, 1e-4: price */
#define TG_NEW_ORDER_PRICE_BYTES                         8u
#define TG_NEW_ORDER_STOP_PX_AT                          89u        /* Price, 1e-4: stop price; 0 */
#define TG_NEW_ORDER_STOP_PX_BYTES                       8u
#define TG_NEW_ORDER_MIN_QTY_AT                          97u        /* Qty, 1e-2: least quantity of a fill */
#define TG_NEW_ORDER_MIN_QTY_BYTES                       8u
#define TG_NEW_ORDER_MAX_PRICE_LEVELS_AT                 105u       /* uInt16: most price levels; 0 no limit */
#define TG_NEW_ORDER_MAX_PRICE_LEVELS_BYTES              2u
#define TG_NEW_ORDER_TIME_IN_FORCE_AT                    107u       /* char: 0 day, 3 immediate or cancel */
#define TG_NEW_ORDER_TIME_IN_FORCE_BYTES                 1u
#define TG_NEW_ORDER_CASH_MARGIN_AT                      108u       /* char: 1 cash, 2 open, 3 close */
#define TG_NEW_ORDER_CASH_MARGIN_BYTES                   1u

/* OrderCancelRequest: part of 190007 */
#define TG_ORDER_CANCEL_REQUEST_LEN                      86u        /* bytes */
#define TG_ORDER_CANCEL_REQUEST_APPL_ID_AT               0u         /* char[]: business of the order */
#define TG_ORDER_CANCEL_REQUEST_APPL_ID_BYTES            3u
#define TG_ORDER_CANCEL_REQUEST_SUBMITTING_PBUID_AT      3u         /* char[]: submitting unit */
#define TG_ORDER_CANCEL_REQUEST_SUBMITTING_PBUID_BYTES   6u
#define TG_ORDER_CANCEL_REQUEST_SECURITY_ID_AT           9u         /* char[]: security code of the order */
#define TG_ORDER_CANCEL_REQUEST_SECURITY_ID_BYTES        8u
#define TG_ORDER_CANCEL_REQUEST_SECURITY_ID_SOURCE_AT    17u        /* char[]: 102 Shenzhen */
#define TG_ORDER_CANCEL_REQUEST_SECURITY_ID_SOURCE_BYTES 4u
#define TG_ORDER_CANCEL_REQUEST_OWNER_TYPE_AT            21u        /* uInt16: who originates; see OwnerType */
#define TG_ORDER_CANCEL_REQUEST_OWNER_TYPE_BYTES         2u
#define TG_ORDER_CANCEL_REQUEST_CLEARING_FIRM_AT         23u        /* char[]: clearing place, 01 as a rule */
#define TG_ORDER_CANCEL_REQUEST_CLEARING_FIRM_BYTES      2u
#define TG_ORDER_CANCEL_REQUEST_TRANSACT_TIME_AT         25u        /* LocalTimeStamp: time of the request, set by the sender */
#define TG_ORDER_CANCEL_REQUEST_TRANSACT_TIME_BYTES      8u
#define TG_ORDER_CANCEL_REQUEST_USER_INFO_AT             33u        /* char[]: private, echoed; printable ASCII */
#define TG_ORDER_CANCEL_REQUEST_USER_INFO_BYTES          8u
#define TG_ORDER_CANCEL_REQUEST_CL_ORD_ID_AT             41u        /* char[]: sender's number of the request */
#define TG_ORDER_CANCEL_REQUEST_CL_ORD_ID_BYTES          10u
#define TG_ORDER_CANCEL_REQUEST_ORIG_CL_ORD_ID_AT        51u        /* char[]: ClOrdID of the order to cancel */
#define TG_ORDER_CANCEL_REQUEST_ORIG_CL_ORD_ID_BYTES     10u
#define TG_ORDER_CANCEL_REQUEST_SIDE_AT                  61u        /* char: side of the order */
#define TG_ORDER_CANCEL_REQUEST_SIDE_BYTES               1u
#define TG_ORDER_CANCEL_REQUEST_ORDER_ID_AT              62u        /* char[]: exchange's number of the order */
#define TG_ORDER_CANCEL_REQUEST_ORDER_ID_BYTES           16u
#define TG_ORDER_CANCEL_REQUEST_ORDER_QTY_AT             78u        /* Qty, 1e-2: quantity of the order */
#define TG_ORDER_CANCEL_REQUEST_ORDER_QTY_BYTES          8u

/* OrderReport: part of 200102 */
#define TG_ORDER_REPORT_LEN                              189u       /* bytes */
#define TG_ORDER_REPORT_PARTITION_NO_AT                  0u         /* Int32: partition */
#define TG_ORDER_REPORT_PARTITION_NO_BYTES               4u
#define TG_ORDER_REPORT_REPORT_INDEX_AT                  4u         /* SeqNum: number in the partition, from 1, without a gap */
#define TG_ORDER_REPORT_REPORT_INDEX_BYTES               8u
#define TG_ORDER_REPORT_APPL_ID_AT                       12u        /* char[]: business: 010 */
#define TG_ORDER_REPORT_APPL_ID_BYTES                    3u
#define TG_ORDER_REPORT_REPORTING_PBUID_AT               15u        /* char[]: unit that gets the report */
#define TG_ORDER_REPORT_REPORTING_PBUID_BYTES            6u
#define TG_ORDER_REPORT_SUBMITTING_PBUID_AT              21u        /* char[]: submitting unit */
#define TG_ORDER_REPORT_SUBMITTING_PBUID_BYTES           6u
#define TG_ORDER_REPORT_SECURITY_ID_AT                   27u        /* char[]: security code */
#define TG_ORDER_REPORT_SECURITY_ID_BYTES                8u
#define TG_ORDER_REPORT_SECURITY_ID_SOURCE_AT            35u        /* char[]: 102 Shenzhen */
#define TG_ORDER_REPORT_SECURITY_ID_SOURCE_BYTES         4u
#define TG_ORDER_REPORT_OWNER_TYPE_AT                    39u        /* uInt16: who originates; see OwnerType */
#define TG_ORDER_REPORT_OWNER_TYPE_BYTES                 2u
#define TG_ORDER_REPORT_CLEARING_FIRM_AT                 41u        /* char[]: clearing place */
#define TG_ORDER_REPORT_CLEARING_FIRM_BYTES              2u
#define TG_ORDER_REPORT_TRANSACT_TIME_AT                 43u        /* LocalTimeStamp: time of the report, set by the exchange */
#define TG_ORDER_REPORT_TRANSACT_TIME_BYTES              8u
#define TG_ORDER_REPORT_USER_INFO_AT                     51u        /* char[]: private, echoed */
#define TG_ORDER_REPORT_USER_INFO_BYTES                  8u
#define TG_ORDER_REPORT_ORDER_ID_AT                      59u        /* char[]: exchange's number of the order */
#define TG_ORDER_REPORT_ORDER_ID_BYTES                   16u
#define TG_ORDER_REPORT_CL_ORD_ID_AT                     75u        /* char[]: order number, or that of the cancel request */
#define TG_ORDER_REPORT_CL_ORD_ID_BYTES                  10u
#define TG_ORDER_REPORT_ORIG_CL_ORD_ID_AT                85u        /* char[]: ClOrdID of the cancelled order; else blank */
#define TG_ORDER_REPORT_ORIG_CL_ORD_ID_BYTES             10u
#define TG_ORDER_REPORT_EXEC_ID_AT                       95u        /* char[]: number of the report, unique in the day */
#define TG_ORDER_REPORT_EXEC_ID_BYTES                    16u
#define TG_ORDER_REPORT_EXEC_TYPE_AT                     111u       /* char: 0 new, 4 cancelled, 8 rejected */
#define TG_ORDER_REPORT_EXEC_TYPE_BYTES                  1u
#define TG_ORDER_REPORT_ORD_STATUS_AT                    112u       /* char: 0 new, 1 part filled, 2 filled, 4 cancelled, 8 rejected */
#define TG_ORDER_REPORT_ORD_STATUS_BYTES                 1u
#define TG_ORDER_REPORT_ORD_REJ_REASON_AT                113u       /* uInt16: reason of a reject; 0 none */
#define TG_ORDER_REPORT_ORD_REJ_REASON_BYTES             2u
#define TG_ORDER_REPORT_LEAVES_QTY_AT                    115u       /* Qty, 1e-2: quantity still open */
#define TG_ORDER_REPORT_LEAVES_QTY_BYTES                 8u
#define TG_ORDER_REPORT_CUM_QTY_AT                       123u       /* Qty, 1e-2: quantity filled so far */
#define TG_ORDER_REPORT_CUM_QTY_BYTES                    8u
#define TG_ORDER_REPORT_SIDE_AT                          131u       /* char: 1 buy, 2 sell */
#define TG_ORDER_REPORT_SIDE_BYTES                       1u
#define TG_ORDER_REPORT_ORD_TYPE_AT                      132u       /* char: 1 market, 2 limit, U own side best */
#define TG_ORDER_REPORT_ORD_TYPE_BYTES                   1u
#define TG_ORDER_REPORT_ORDER_QTY_AT                     133u       /* Qty, 1e-2: quantity of the order */
#define TG_ORDER_REPORT_ORDER_QTY_BYTES                  8u
#define TG_ORDER_REPORT_PRICE_AT                         141u       /* Price, 1e-4: price of the order */
#define TG_ORDER_REPORT_PRICE_BYTES                      8u
#define TG_ORDER_REPORT_ACCOUNT_ID_AT                    149u       /* char[]: securities account */
#define TG_ORDER_REPORT_ACCOUNT_ID_BYTES                 12u
#define TG_ORDER_REPORT_BRANCH_ID_AT                     161u       /* char[]: branch */
#define TG_ORDER_REPORT_BRANCH_ID_BYTES                  4u
#define TG_ORDER_REPORT_ORDER_RESTRICTIONS_AT            165u       /* char[]: flags: 1 programme, E algorithmic trading */
#define TG_ORDER_REPORT_ORDER_RESTRICTIONS_BYTES         4u
#define TG_ORDER_REPORT_STOP_PX_AT                       169u       /* Price, 1e-4: stop price; 0 */
#define TG_ORDER_REPORT_STOP_PX_BYTES                    8u
#define TG_ORDER_REPORT_MIN_QTY_AT                       177u       /* Qty, 1e-2: least quantity of a fill */
#define TG_ORDER_REPORT_MIN_QTY_BYTES                    8u
#define TG_ORDER_REPORT_MAX_PRICE_LEVELS_AT              185u       /* uInt16: most price levels; 0 no limit */
#define TG_ORDER_REPORT_MAX_PRICE_LEVELS_BYTES           2u
#define TG_ORDER_REPORT_TIME_IN_FORCE_AT                 187u       /* char: 0 day, 3 immediate or cancel */
#define TG_ORDER_REPORT_TIME_IN_FORCE_BYTES              1u
#define TG_ORDER_REPORT_CASH_MARGIN_AT                   188u       /* char: 1 cash, 2 open, 3 close */
#define TG_ORDER_REPORT_CASH_MARGIN_BYTES                1u

/* FillReport: part of 200115 */
#define TG_FILL_REPORT_LEN                               153u       /* bytes */
#define TG_FILL_REPORT_PARTITION_NO_AT                   0u         /* Int32: partition */
#define TG_FILL_REPORT_PARTITION_NO_BYTES                4u
#define TG_FILL_REPORT_REPORT_INDEX_AT                   4u         /* SeqNum: number in the partition, from 1, without a gap */
#define TG_FILL_REPORT_REPORT_INDEX_BYTES                8u
#define TG_FILL_REPORT_APPL_ID_AT                        12u        /* char[]: business: 010 */
#define TG_FILL_REPORT_APPL_ID_BYTES                     3u
#define TG_FILL_REPORT_REPORTING_PBUID_AT                15u        /* char[]: unit that gets the report */
#define TG_FILL_REPORT_REPORTING_PBUID_BYTES             6u
#define TG_FILL_REPORT_SUBMITTING_PBUID_AT               21u        /* char[]: submitting unit */
#define TG_FILL_REPORT_SUBMITTING_PBUID_BYTES            6u
#define TG_FILL_REPORT_SECURITY_ID_AT                    27u        /* char[]: security code */
#define TG_FILL_REPORT_SECURITY_ID_BYTES                 8u
#define TG_FILL_REPORT_SECURITY_ID_SOURCE_AT             35u        /* char[]: 102 Shenzhen */
#define TG_FILL_REPORT_SECURITY_ID_SOURCE_BYTES          4u
#define TG_FILL_REPORT_OWNER_TYPE_AT                     39u        /* uInt16: who originates; see OwnerType */
#define TG_FILL_REPORT_OWNER_TYPE_BYTES                  2u
#define TG_FILL_REPORT_CLEARING_FIRM_AT                  41u        /* char[]: clearing place */
#define TG_FILL_REPORT_CLEARING_FIRM_BYTES               2u
#define TG_FILL_REPORT_TRANSACT_TIME_AT                  43u        /* LocalTimeStamp: time of the fill, set by the exchange */
#define TG_FILL_REPORT_TRANSACT_TIME_BYTES               8u
#define TG_FILL_REPORT_USER_INFO_AT                      51u        /* char[]: private, echoed */
#define TG_FILL_REPORT_USER_INFO_BYTES                   8u
#define TG_FILL_REPORT_ORDER_ID_AT                       59u        /* char[]: exchange's number of the order */
#define TG_FILL_REPORT_ORDER_ID_BYTES                    16u
#define TG_FILL_REPORT_CL_ORD_ID_AT                      75u        /* char[]: order number; the QuoteMsgID of a filled quote */
#define TG_FILL_REPORT_CL_ORD_ID_BYTES                   10u
#define TG_FILL_REPORT_EXEC_ID_AT                        85u        /* char[]: number of the fill, unique in the day */
#define TG_FILL_REPORT_EXEC_ID_BYTES                     16u
#define TG_FILL_REPORT_EXEC_TYPE_AT                      101u       /* char: F trade */
#define TG_FILL_REPORT_EXEC_TYPE_BYTES                   1u
#define TG_FILL_REPORT_ORD_STATUS_AT                     102u       /* char: 1 part filled, 2 filled */
#define TG_FILL_REPORT_ORD_STATUS_BYTES                  1u
#define TG_FILL_REPORT_LAST_PX_AT                        103u       /* Price, 1e-4: price of the fill */
#define TG_FILL_REPORT_LAST_PX_BYTES                     8u
#define TG_FILL_REPORT_LAST_QTY_AT                       111u       /* Qty, 1e-2: quantity of the fill */
#define TG_FILL_REPORT_LAST_QTY_BYTES                    8u
#define TG_FILL_REPORT_LEAVES_QTY_AT                     119u       /* Qty, 1e-2: quantity still open */
#define TG_FILL_REPORT_LEAVES_QTY_BYTES                  8u
#define TG_FILL_REPORT_CUM_QTY_AT                        127u       /* Qty, 1e-2: quantity filled so far */
#define TG_FILL_REPORT_CUM_QTY_BYTES                     8u
#define TG_FILL_REPORT_SIDE_AT                           135u       /* char: 1 buy, 2 sell */
#define TG_FILL_REPORT_SIDE_BYTES                        1u
#define TG_FILL_REPORT_ACCOUNT_ID_AT                     136u       /* char[]: securities account */
#define TG_FILL_REPORT_ACCOUNT_ID_BYTES                  12u
#define TG_FILL_REPORT_BRANCH_ID_AT                      148u       /* char[]: branch */
#define TG_FILL_REPORT_BRANCH_ID_BYTES                   4u
#define TG_FILL_REPORT_CASH_MARGIN_AT                    152u       /* char: 1 cash, 2 open, 3 close */
#define TG_FILL_REPORT_CASH_MARGIN_BYTES                 1u

/* CancelReject: part of 290008 */
#define TG_CANCEL_REJECT_LEN                             115u       /* bytes */
#define TG_CANCEL_REJECT_PARTITION_NO_AT                 0u         /* Int32: partition */
#define TG_CANCEL_REJECT_PARTITION_NO_BYTES              4u
#define TG_CANCEL_REJECT_REPORT_INDEX_AT                 4u         /* SeqNum: number in the partition, from 1, without a gap */
#define TG_CANCEL_REJECT_REPORT_INDEX_BYTES              8u
#define TG_CANCEL_REJECT_APPL_ID_AT                      12u        /* char[]: business: 010 */
#define TG_CANCEL_REJECT_APPL_ID_BYTES                   3u
#define TG_CANCEL_REJECT_REPORTING_PBUID_AT              15u        /* char[]: unit that gets the report */
#define TG_CANCEL_REJECT_REPORTING_PBUID_BYTES           6u
#define TG_CANCEL_REJECT_SUBMITTING_PBUID_AT             21u        /* char[]: submitting unit */
#define TG_CANCEL_REJECT_SUBMITTING_PBUID_BYTES          6u
#define TG_CANCEL_REJECT_SECURITY_ID_AT                  27u        /* char[]: security code */
#define TG_CANCEL_REJECT_SECURITY_ID_BYTES               8u
#define TG_CANCEL_REJECT_SECURITY_ID_SOURCE_AT           35u        /* char[]: 102 Shenzhen */
#define TG_CANCEL_REJECT_SECURITY_ID_SOURCE_BYTES        4u
#define TG_CANCEL_REJECT_OWNER_TYPE_AT                   39u        /* uInt16: who originates; see OwnerType */
#define TG_CANCEL_REJECT_OWNER_TYPE_BYTES                2u
#define TG_CANCEL_REJECT_CLEARING_FIRM_AT                41u        /* char[]: clearing place */
#define TG_CANCEL_REJECT_CLEARING_FIRM_BYTES             2u
#define TG_CANCEL_REJECT_TRANSACT_TIME_AT                43u        /* LocalTimeStamp: time of the reject, set by the exchange */
#define TG_CANCEL_REJECT_TRANSACT_TIME_BYTES             8u
#define TG_CANCEL_REJECT_USER_INFO_AT                    51u        /* char[]: private, echoed */
#define TG_CANCEL_REJECT_USER_INFO_BYTES                 8u
#define TG_CANCEL_REJECT_CL_ORD_ID_AT                    59u        /* char[]: number of the cancel request */
#define TG_CANCEL_REJECT_CL_ORD_ID_BYTES                 10u
#define TG_CANCEL_REJECT_ORIG_CL_ORD_ID_AT               69u        /* char[]: ClOrdID of the order */
#define TG_CANCEL_REJECT_ORIG_CL_ORD_ID_BYTES            10u
#define TG_CANCEL_REJECT_SIDE_AT                         79u        /* char: side of the order */
#define TG_CANCEL_REJECT_SIDE_BYTES                      1u
#define TG_CANCEL_REJECT_ORD_STATUS_AT                   80u        /* char: state of the order; 8 when it was not found */
#define TG_CANCEL_REJECT_ORD_STATUS_BYTES                1u
#define TG_CANCEL_REJECT_CXL_REJ_REASON_AT               81u        /* uInt16: reason */
#define TG_CANCEL_REJECT_CXL_REJ_REASON_BYTES            2u
#define TG_CANCEL_REJECT_REJECT_TEXT_AT                  83u        /* char[] (UTF-8 or GBK): reason in words */
#define TG_CANCEL_REJECT_REJECT_TEXT_BYTES               16u
#define TG_CANCEL_REJECT_ORDER_ID_AT                     99u        /* char[]: exchange's number of the order */
#define TG_CANCEL_REJECT_ORDER_ID_BYTES                  16u

/* SnapshotHead: part of 300111, 300211, 300611, 303711, 306311, 309011 */
#define TG_SNAPSHOT_HEAD_LEN                             69u        /* bytes */
#define TG_SNAPSHOT_HEAD_ORIG_TIME_AT                    0u         /* LocalTimeStamp: time of the snapshot */
#define TG_SNAPSHOT_HEAD_ORIG_TIME_BYTES                 8u
#define TG_SNAPSHOT_HEAD_CHANNEL_NO_AT                   8u         /* uInt16: channel */
#define TG_SNAPSHOT_HEAD_CHANNEL_NO_BYTES                2u
#define TG_SNAPSHOT_HEAD_MD_STREAM_ID_AT                 10u        /* char[]: stream, three digits such as 010 */
#define TG_SNAPSHOT_HEAD_MD_STREAM_ID_BYTES              3u
#define TG_SNAPSHOT_HEAD_SECURITY_ID_AT                  13u        /* char[]: security or index code */
#define TG_SNAPSHOT_HEAD_SECURITY_ID_BYTES               8u
#define TG_SNAPSHOT_HEAD_SECURITY_ID_SOURCE_AT           21u        /* char[]: 102 Shenzhen, 103 Hong Kong */
#define TG_SNAPSHOT_HEAD_SECURITY_ID_SOURCE_BYTES        4u
#define TG_SNAPSHOT_HEAD_TRADING_PHASE_CODE_AT           25u        /* char[]: phase and, in the second place, 1 when suspended */
#define TG_SNAPSHOT_HEAD_TRADING_PHASE_CODE_BYTES        8u
#define TG_SNAPSHOT_HEAD_PREV_CLOSE_PX_AT                33u        /* Price, 1e-4: previous close */
#define TG_SNAPSHOT_HEAD_PREV_CLOSE_PX_BYTES             8u
#define TG_SNAPSHOT_HEAD_NUM_TRADES_AT                   41u        /* Int64: number of trades */
#define TG_SNAPSHOT_HEAD_NUM_TRADES_BYTES                8u
#define TG_SNAPSHOT_HEAD_TOTAL_VOLUME_TRADE_AT           49u        /* Qty, 1e-2: volume traded */
#define TG_SNAPSHOT_HEAD_TOTAL_VOLUME_TRADE_BYTES        8u
#define TG_SNAPSHOT_HEAD_TOTAL_VALUE_TRADE_AT            57u        /* Amt, 1e-4: value traded */
#define TG_SNAPSHOT_HEAD_TOTAL_VALUE_TRADE_BYTES         8u
#define TG_SNAPSHOT_HEAD_NO_MD_ENTRIES_AT                65u        /* NumInGroup: entries that follow */
#define TG_SNAPSHOT_HEAD_NO_MD_ENTRIES_BYTES             4u

/* AuctionEntry: part of 300111, 300211 */
#define TG_AUCTION_ENTRY_LEN                             32u        /* bytes */
#define TG_AUCTION_ENTRY_MD_ENTRY_TYPE_AT                0u         /* char[]: what the entry is; see MDEntryType */
#define TG_AUCTION_ENTRY_MD_ENTRY_TYPE_BYTES             2u
#define TG_AUCTION_ENTRY_MD_ENTRY_PX_AT                  2u         /* MDEntryPx, 1e-6: price or value; may be negative */
#define TG_AUCTION_ENTRY_MD_ENTRY_PX_BYTES               8u
#define TG_AUCTION_ENTRY_MD_ENTRY_SIZE_AT                10u        /* Qty, 1e-2: quantity */
#define TG_AUCTION_ENTRY_MD_ENTRY_SIZE_BYTES             8u
#define TG_AUCTION_ENTRY_MD_PRICE_LEVEL_AT               18u        /* uInt16: price level, 1 the best; 0 where there is no book */
#define TG_AUCTION_ENTRY_MD_PRICE_LEVEL_BYTES            2u
#define TG_AUCTION_ENTRY_NUMBER_OF_ORDERS_AT             20u        /* Int64: orders at the price; 0 when not disclosed */
#define TG_AUCTION_ENTRY_NUMBER_OF_ORDERS_BYTES          8u
#define TG_AUCTION_ENTRY_NO_ORDERS_AT                    28u        /* NumInGroup: disclosed orders of the queue that follow */
#define TG_AUCTION_ENTRY_NO_ORDERS_BYTES                 4u

/* QueueItem: part of 300111, 300211 */
#define TG_QUEUE_ITEM_LEN                                8u         /* bytes */
#define TG_QUEUE_ITEM_ORDER_QTY_AT                       0u         /* Qty, 1e-2: quantity of one order of the queue, first come first */
#define TG_QUEUE_ITEM_ORDER_QTY_BYTES                    8u

/* AuctionTrade: part of 300191 */
#define TG_AUCTION_TRADE_LEN                             66u        /* bytes */
#define TG_AUCTION_TRADE_CHANNEL_NO_AT                   0u         /* uInt16: channel */
#define TG_AUCTION_TRADE_CHANNEL_NO_BYTES                2u
#define TG_AUCTION_TRADE_APPL_SEQ_NUM_AT                 2u         /* SeqNum: number in the channel, from 1, without a gap */
#define TG_AUCTION_TRADE_APPL_SEQ_NUM_BYTES              8u
#define TG_AUCTION_TRADE_MD_STREAM_ID_AT                 10u        /* char[]: stream, three digits such as 011 */
#define TG_AUCTION_TRADE_MD_STREAM_ID_BYTES              3u
#define TG_AUCTION_TRADE_BID_APPL_SEQ_NUM_AT             13u        /* SeqNum: number of the buy order; 0 none */
#define TG_AUCTION_TRADE_BID_APPL_SEQ_NUM_BYTES          8u
#define TG_AUCTION_TRADE_OFFER_APPL_SEQ_NUM_AT           21u        /* SeqNum: number of the sell order; 0 none */
#define TG_AUCTION_TRADE_OFFER_APPL_SEQ_NUM_BYTES        8u
#define TG_AUCTION_TRADE_SECURITY_ID_AT                  29u        /* char[]: security code */
#define TG_AUCTION_TRADE_SECURITY_ID_BYTES               8u
#define TG_AUCTION_TRADE_SECURITY_ID_SOURCE_AT           37u        /* char[]: 102 Shenzhen */
#define TG_AUCTION_TRADE_SECURITY_ID_SOURCE_BYTES        4u
#define TG_AUCTION_TRADE_LAST_PX_AT                      41u        /* Price, 1e-4: price; 0 in a cancel */
#define TG_AUCTION_TRADE_LAST_PX_BYTES                   8u
#define TG_AUCTION_TRADE_LAST_QTY_AT                     49u        /* Qty, 1e-2: quantity traded or cancelled */
#define TG_AUCTION_TRADE_LAST_QTY_BYTES                  8u
#define TG_AUCTION_TRADE_EXEC_TYPE_AT                    57u        /* char: F trade, 4 cancel */
#define TG_AUCTION_TRADE_EXEC_TYPE_BYTES                 1u
#define TG_AUCTION_TRADE_TRANSACT_TIME_AT                58u        /* LocalTimeStamp: time of the trade */
#define TG_AUCTION_TRADE_TRANSACT_TIME_BYTES             8u

/* AuctionOrder: part of 300192 */
#define TG_AUCTION_ORDER_LEN                             51u        /* bytes */
#define TG_AUCTION_ORDER_CHANNEL_NO_AT                   0u         /* uInt16: channel */
#define TG_AUCTION_ORDER_CHANNEL_NO_BYTES                2u
#define TG_AUCTION_ORDER_APPL_SEQ_NUM_AT                 2u         /* SeqNum: number in the channel, from 1, without a gap */
#define TG_AUCTION_ORDER_APPL_SEQ_NUM_BYTES              8u
#define TG_AUCTION_ORDER_MD_STREAM_ID_AT                 10u        /* char[]: stream, three digits such as 011 */
#define TG_AUCTION_ORDER_MD_STREAM_ID_BYTES              3u
#define TG_AUCTION_ORDER_SECURITY_ID_AT                  13u        /* char[]: security code */
#define TG_AUCTION_ORDER_SECURITY_ID_BYTES               8u
#define TG_AUCTION_ORDER_SECURITY_ID_SOURCE_AT           21u        /* char[]: 102 Shenzhen */
#define TG_AUCTION_ORDER_SECURITY_ID_SOURCE_BYTES        4u
#define TG_AUCTION_ORDER_PRICE_AT                        25u        /* Price, 1e-4: price; without meaning in market and own-best orders */
#define TG_AUCTION_ORDER_PRICE_BYTES                     8u
#define TG_AUCTION_ORDER_ORDER_QTY_AT                    33u        /* Qty, 1e-2: quantity */
#define TG_AUCTION_ORDER_ORDER_QTY_BYTES                 8u
#define TG_AUCTION_ORDER_SIDE_AT                         41u        /* char: 1 buy, 2 sell, G borrow, F lend */
#define TG_AUCTION_ORDER_SIDE_BYTES                      1u
#define TG_AUCTION_ORDER_TRANSACT_TIME_AT                42u        /* LocalTimeStamp: time of the order */
#define TG_AUCTION_ORDER_TRANSACT_TIME_BYTES             8u
#define TG_AUCTION_ORDER_ORD_TYPE_AT                     50u        /* char: 1 market, 2 limit, U own side best */
#define TG_AUCTION_ORDER_ORD_TYPE_BYTES                  1u

/* BondPhases: part of 300211 */
#define TG_BOND_PHASES_LEN                               4u         /* bytes */
#define TG_BOND_PHASES_NO_SUB_TRADING_PHASE_CODES_AT     0u         /* NumInGroup: phases that follow */
#define TG_BOND_PHASES_NO_SUB_TRADING_PHASE_CODES_BYTES  4u

/* BondPhase: part of 300211 */
#define TG_BOND_PHASE_LEN                                9u         /* bytes */
#define TG_BOND_PHASE_SUB_TRADING_PHASE_CODE_AT          0u         /* char[]: phase of one trading method */
#define TG_BOND_PHASE_SUB_TRADING_PHASE_CODE_BYTES       8u
#define TG_BOND_PHASE_TRADING_TYPE_AT                    8u         /* uInt8: trading method; see TradingType */
#define TG_BOND_PHASE_TRADING_TYPE_BYTES                 1u

/* BondTotals: part of 300211 */
#define TG_BOND_TOTALS_LEN                               16u        /* bytes */
#define TG_BOND_TOTALS_AUCTION_VOLUME_TRADE_AT           0u         /* Qty, 1e-2: volume traded by matching */
#define TG_BOND_TOTALS_AUCTION_VOLUME_TRADE_BYTES        8u
#define TG_BOND_TOTALS_AUCTION_VALUE_TRADE_AT            8u         /* Amt, 1e-4: value traded by matching */
#define TG_BOND_TOTALS_AUCTION_VALUE_TRADE_BYTES         8u

/* BondTrade: part of 300291 */
#define TG_BOND_TRADE_LEN                                66u        /* bytes */
#define TG_BOND_TRADE_CHANNEL_NO_AT                      0u         /* uInt16: channel */
#define TG_BOND_TRADE_CHANNEL_NO_BYTES                   2u
#define TG_BOND_TRADE_APPL_SEQ_NUM_AT                    2u         /* SeqNum: number in the channel, from 1, without a gap */
#define TG_BOND_TRADE_APPL_SEQ_NUM_BYTES                 8u
#define TG_BOND_TRADE_MD_STREAM_ID_AT                    10u        /* char[]: stream, three digits such as 011 */
#define TG_BOND_TRADE_MD_STREAM_ID_BYTES                 3u
#define TG_BOND_TRADE_BID_APPL_SEQ_NUM_AT                13u        /* SeqNum: number of the buy order; 0 none */
#define TG_BOND_TRADE_BID_APPL_SEQ_NUM_BYTES             8u
#define TG_BOND_TRADE_OFFER_APPL_SEQ_NUM_AT              21u        /* SeqNum: number of the sell order; 0 none */
#define TG_BOND_TRADE_OFFER_APPL_SEQ_NUM_BYTES           8u
#define TG_BOND_TRADE_SECURITY_ID_AT                     29u        /* char[]: security code */
#define TG_BOND_TRADE_SECURITY_ID_BYTES                  8u
#define TG_BOND_TRADE_SECURITY_ID_SOURCE_AT              37u        /* char[]: 102 Shenzhen */
#define TG_BOND_TRADE_SECURITY_ID_SOURCE_BYTES           4u
#define TG_BOND_TRADE_LAST_PX_AT                         41u        /* Price, 1e-4: price; 0 in a cancel */
#define TG_BOND_TRADE_LAST_PX_BYTES                      8u
#define TG_BOND_TRADE_LAST_QTY_AT                        49u        /* Qty, 1e-2: quantity traded or cancelled */
#define TG_BOND_TRADE_LAST_QTY_BYTES                     8u
#define TG_BOND_TRADE_EXEC_TYPE_AT                       57u        /* char: F trade, 4 cancel */
#define TG_BOND_TRADE_EXEC_TYPE_BYTES                    1u
#define TG_BOND_TRADE_TRANSACT_TIME_AT                   58u        /* LocalTimeStamp: time of the trade */
#define TG_BOND_TRADE_TRANSACT_TIME_BYTES                8u

/* BondOrder: part of 300292 */
#define TG_BOND_ORDER_LEN                                51u        /* bytes */
#define TG_BOND_ORDER_CHANNEL_NO_AT                      0u         /* uInt16: channel */
#define TG_BOND_ORDER_CHANNEL_NO_BYTES                   2u
#define TG_BOND_ORDER_APPL_SEQ_NUM_AT                    2u         /* SeqNum: number in the channel, from 1, without a gap */
#define TG_BOND_ORDER_APPL_SEQ_NUM_BYTES                 8u
#define TG_BOND_ORDER_MD_STREAM_ID_AT                    10u        /* char[]: stream, three digits such as 011 */
#define TG_BOND_ORDER_MD_STREAM_ID_BYTES                 3u
#define TG_BOND_ORDER_SECURITY_ID_AT                     13u        /* char[]: security code */
#define TG_BOND_ORDER_SECURITY_ID_BYTES                  8u
#define TG_BOND_ORDER_SECURITY_ID_SOURCE_AT              21u        /* char[]: 102 Shenzhen */
#define TG_BOND_ORDER_SECURITY_ID_SOURCE_BYTES           4u
#define TG_BOND_ORDER_PRICE_AT                           25u        /* Price, 1e-4: price; without meaning in market and own-best orders */
#define TG_BOND_ORDER_PRICE_BYTES                        8u
#define TG_BOND_ORDER_ORDER_QTY_AT                       33u        /* Qty, 1e-2: quantity */
#define TG_BOND_ORDER_ORDER_QTY_BYTES                    8u
#define TG_BOND_ORDER_SIDE_AT                            41u        /* char: 1 buy, 2 sell, G borrow, F lend */
#define TG_BOND_ORDER_SIDE_BYTES                         1u
#define TG_BOND_ORDER_TRANSACT_TIME_AT                   42u        /* LocalTimeStamp: time of the order */
#define TG_BOND_ORDER_TRANSACT_TIME_BYTES                8u
#define TG_BOND_ORDER_ORD_TYPE_AT                        50u        /* char: 1 market, 2 limit, U own side best */
#define TG_BOND_ORDER_ORD_TYPE_BYTES                     1u

/* BondNegotiatedTrade: part of 300391 */
#define TG_BOND_NEGOTIATED_TRADE_LEN                     69u        /* bytes */
#define TG_BOND_NEGOTIATED_TRADE_CHANNEL_NO_AT           0u         /* uInt16: channel */
#define TG_BOND_NEGOTIATED_TRADE_CHANNEL_NO_BYTES        2u
#define TG_BOND_NEGOTIATED_TRADE_APPL_SEQ_NUM_AT         2u         /* SeqNum: number in the channel, from 1, without a gap */
#define TG_BOND_NEGOTIATED_TRADE_APPL_SEQ_NUM_BYTES      8u
#define TG_BOND_NEGOTIATED_TRADE_MD_STREAM_ID_AT         10u        /* char[]: stream, three digits such as 011 */
#define TG_BOND_NEGOTIATED_TRADE_MD_STREAM_ID_BYTES      3u
#define TG_BOND_NEGOTIATED_TRADE_BID_APPL_SEQ_NUM_AT     13u        /* SeqNum: number of the buy order; 0 none */
#define TG_BOND_NEGOTIATED_TRADE_BID_APPL_SEQ_NUM_BYTES  8u
#define TG_BOND_NEGOTIATED_TRADE_OFFER_APPL_SEQ_NUM_AT   21u        /* SeqNum: number of the sell order; 0 none */
#define TG_BOND_NEGOTIATED_TRADE_OFFER_APPL_SEQ_NUM_BYTES 8u
#define TG_BOND_NEGOTIATED_TRADE_SECURITY_ID_AT          29u        /* char[]: security code */
#define TG_BOND_NEGOTIATED_TRADE_SECURITY_ID_BYTES       8u
#define TG_BOND_NEGOTIATED_TRADE_SECURITY_ID_SOURCE_AT   37u        /* char[]: 102 Shenzhen */
#define TG_BOND_NEGOTIATED_TRADE_SECURITY_ID_SOURCE_BYTES 4u
#define TG_BOND_NEGOTIATED_TRADE_LAST_PX_AT              41u        /* Price, 1e-4: price; 0 in a cancel */
#define TG_BOND_NEGOTIATED_TRADE_LAST_PX_BYTES           8u
#define TG_BOND_NEGOTIATED_TRADE_LAST_QTY_AT             49u        /* Qty, 1e-2: quantity traded or cancelled */
#define TG_BOND_NEGOTIATED_TRADE_LAST_QTY_BYTES          8u
#define TG_BOND_NEGOTIATED_TRADE_EXEC_TYPE_AT            57u        /* char: F trade, 4 cancel */
#define TG_BOND_NEGOTIATED_TRADE_EXEC_TYPE_BYTES         1u
#define TG_BOND_NEGOTIATED_TRADE_TRANSACT_TIME_AT        58u        /* LocalTimeStamp: time of the trade */
#define TG_BOND_NEGOTIATED_TRADE_TRANSACT_TIME_BYTES     8u
#define TG_BOND_NEGOTIATED_TRADE_SETTL_PERIOD_AT         66u        /* uInt8: settlement period */
#define TG_BOND_NEGOTIATED_TRADE_SETTL_PERIOD_BYTES      1u
#define TG_BOND_NEGOTIATED_TRADE_SETTL_TYPE_AT           67u        /* uInt16: settlement method */
#define TG_BOND_NEGOTIATED_TRADE_SETTL_TYPE_BYTES        2u

/* BondQuoteOrder: part of 300392 */
#define TG_BOND_QUOTE_ORDER_LEN                          369u       /* bytes */
#define TG_BOND_QUOTE_ORDER_CHANNEL_NO_AT                0u         /* uInt16: channel */
#define TG_BOND_QUOTE_ORDER_CHANNEL_NO_BYTES             2u
#define TG_BOND_QUOTE_ORDER_APPL_SEQ_NUM_AT              2u         /* SeqNum: number in the channel, from 1, without a gap */
#define TG_BOND_QUOTE_ORDER_APPL_SEQ_NUM_BYTES           8u
#define TG_BOND_QUOTE_ORDER_MD_STREAM_ID_AT              10u        /* char[]: stream, three digits such as 011 */
#define TG_BOND_QUOTE_ORDER_MD_STREAM_ID_BYTES           3u
#define TG_BOND_QUOTE_ORDER_SECURITY_ID_AT               13u        /* char[]: security code */
#define TG_BOND_QUOTE_ORDER_SECURITY_ID_BYTES            8u
#define TG_BOND_QUOTE_ORDER_SECURITY_ID_SOURCE_AT        21u        /* char[]: 102 Shenzhen */
#define TG_BOND_QUOTE_ORDER_SECURITY_ID_SOURCE_BYTES     4u
#define TG_BOND_QUOTE_ORDER_PRICE_AT                     25u        /* Price, 1e-4: price; without meaning in market and own-best orders */
#define TG_BOND_QUOTE_ORDER_PRICE_BYTES                  8u
#define TG_BOND_QUOTE_ORDER_ORDER_QTY_AT                 33u        /* Qty, 1e-2: quantity */
#define TG_BOND_QUOTE_ORDER_ORDER_QTY_BYTES              8u
#define TG_BOND_QUOTE_ORDER_SIDE_AT                      41u        /* char: 1 buy, 2 sell, G borrow, F lend */
#define TG_BOND_QUOTE_ORDER_SIDE_BYTES                   1u
#define TG_BOND_QUOTE_ORDER_TRANSACT_TIME_AT             42u        /* LocalTimeStamp: time of the order */
#define TG_BOND_QUOTE_ORDER_TRANSACT_TIME_BYTES          8u
#define TG_BOND_QUOTE_ORDER_QUOTE_ID_AT                  50u        /* char[]: quote number */
#define TG_BOND_QUOTE_ORDER_QUOTE_ID_BYTES               10u
#define TG_BOND_QUOTE_ORDER_MEMBER_ID_AT                 60u        /* char[]: member */
#define TG_BOND_QUOTE_ORDER_MEMBER_ID_BYTES              6u
#define TG_BOND_QUOTE_ORDER_INVESTOR_TYPE_AT             66u        /* char[]: kind of investor */
#define TG_BOND_QUOTE_ORDER_INVESTOR_TYPE_BYTES          2u
#define TG_BOND_QUOTE_ORDER_INVESTOR_ID_AT               68u        /* char[]: investor */
#define TG_BOND_QUOTE_ORDER_INVESTOR_ID_BYTES            10u
#define TG_BOND_QUOTE_ORDER_INVESTOR_NAME_AT             78u        /* char[] (GBK): investor's name */
#define TG_BOND_QUOTE_ORDER_INVESTOR_NAME_BYTES          120u
#define TG_BOND_QUOTE_ORDER_TRADER_CODE_AT               198u       /* char[]: trader */
#define TG_BOND_QUOTE_ORDER_TRADER_CODE_BYTES            8u
#define TG_BOND_QUOTE_ORDER_SETTL_PERIOD_AT              206u       /* uInt8: settlement period */
#define TG_BOND_QUOTE_ORDER_SETTL_PERIOD_BYTES           1u
#define TG_BOND_QUOTE_ORDER_SETTL_TYPE_AT                207u       /* uInt16: settlement method */
#define TG_BOND_QUOTE_ORDER_SETTL_TYPE_BYTES             2u
#define TG_BOND_QUOTE_ORDER_MEMO_AT                      209u       /* char[] (GBK): remark */
#define TG_BOND_QUOTE_ORDER_MEMO_BYTES                   160u

/* BondBiddingTrade: part of 300491 */
#define TG_BOND_BIDDING_TRADE_LEN                        95u        /* bytes */
#define TG_BOND_BIDDING_TRADE_CHANNEL_NO_AT              0u         /* uInt16: channel */
#define TG_BOND_BIDDING_TRADE_CHANNEL_NO_BYTES           2u
#define TG_BOND_BIDDING_TRADE_APPL_SEQ_NUM_AT            2u         /* SeqNum: number in the channel, from 1, without a gap */
#define TG_BOND_BIDDING_TRADE_APPL_SEQ_NUM_BYTES         8u
#define TG_BOND_BIDDING_TRADE_MD_STREAM_ID_AT            10u        /* char[]: stream, three digits such as 011 */
#define TG_BOND_BIDDING_TRADE_MD_STREAM_ID_BYTES         3u
#define TG_BOND_BIDDING_TRADE_BID_APPL_SEQ_NUM_AT        13u        /* SeqNum: number of the buy order; 0 none */
#define TG_BOND_BIDDING_TRADE_BID_APPL_SEQ_NUM_BYTES     8u
#define TG_BOND_BIDDING_TRADE_OFFER_APPL_SEQ_NUM_AT      21u        /* SeqNum: number of the sell order; 0 none */
#define TG_BOND_BIDDING_TRADE_OFFER_APPL_SEQ_NUM_BYTES   8u
#define TG_BOND_BIDDING_TRADE_SECURITY_ID_AT             29u        /* char[]: security code */
#define TG_BOND_BIDDING_TRADE_SECURITY_ID_BYTES          8u
#define TG_BOND_BIDDING_TRADE_SECURITY_ID_SOURCE_AT      37u        /* char[]: 102 Shenzhen */
#define TG_BOND_BIDDING_TRADE_SECURITY_ID_SOURCE_BYTES   4u
#define TG_BOND_BIDDING_TRADE_LAST_PX_AT                 41u        /* Price, 1e-4: price; 0 in a cancel */
#define TG_BOND_BIDDING_TRADE_LAST_PX_BYTES              8u
#define TG_BOND_BIDDING_TRADE_LAST_QTY_AT                49u        /* Qty, 1e-2: quantity traded or cancelled */
#define TG_BOND_BIDDING_TRADE_LAST_QTY_BYTES             8u
#define TG_BOND_BIDDING_TRADE_EXEC_TYPE_AT               57u        /* char: F trade, 4 cancel */
#define TG_BOND_BIDDING_TRADE_EXEC_TYPE_BYTES            1u
#define TG_BOND_BIDDING_TRADE_TRANSACT_TIME_AT           58u        /* LocalTimeStamp: time of the trade */
#define TG_BOND_BIDDING_TRADE_TRANSACT_TIME_BYTES        8u
#define TG_BOND_BIDDING_TRADE_SETTL_PERIOD_AT            66u        /* uInt8: settlement period */
#define TG_BOND_BIDDING_TRADE_SETTL_PERIOD_BYTES         1u
#define TG_BOND_BIDDING_TRADE_SETTL_TYPE_AT              67u        /* uInt16: settlement method */
#define TG_BOND_BIDDING_TRADE_SETTL_TYPE_BYTES           2u
#define TG_BOND_BIDDING_TRADE_SECONDARY_ORDER_ID_AT      69u        /* char[]: number of the bidding */
#define TG_BOND_BIDDING_TRADE_SECONDARY_ORDER_ID_BYTES   16u
#define TG_BOND_BIDDING_TRADE_BID_EXEC_INST_TYPE_AT      85u        /* uInt16: way of execution */
#define TG_BOND_BIDDING_TRADE_BID_EXEC_INST_TYPE_BYTES   2u
#define TG_BOND_BIDDING_TRADE_MARGIN_PRICE_AT            87u        /* Price, 1e-4: price of the marginal bid */
#define TG_BOND_BIDDING_TRADE_MARGIN_PRICE_BYTES         8u

/* BondBiddingOrder: part of 300492 */
#define TG_BOND_BIDDING_ORDER_LEN                        407u       /* bytes */
#define TG_BOND_BIDDING_ORDER_CHANNEL_NO_AT              0u         /* uInt16: channel */
#define TG_BOND_BIDDING_ORDER_CHANNEL_NO_BYTES           2u
#define TG_BOND_BIDDING_ORDER_APPL_SEQ_NUM_AT            2u         /* SeqNum: number in the channel, from 1, without a gap */
#define TG_BOND_BIDDING_ORDER_APPL_SEQ_NUM_BYTES         8u
#define TG_BOND_BIDDING_ORDER_MD_STREAM_ID_AT            10u        /* char[]: stream, three digits such as 011 */
#define TG_BOND_BIDDING_ORDER_MD_STREAM_ID_BYTES         3u
#define TG_BOND_BIDDING_ORDER_SECURITY_ID_AT             13u        /* char[]: security code */
#define TG_BOND_BIDDING_ORDER_SECURITY_ID_BYTES          8u
#define TG_BOND_BIDDING_ORDER_SECURITY_ID_SOURCE_AT      21u        /* char[]: 102 Shenzhen */
#define TG_BOND_BIDDING_ORDER_SECURITY_ID_SOURCE_BYTES   4u
#define TG_BOND_BIDDING_ORDER_PRICE_AT                   25u        /* Price, 1e-4: price; without meaning in market and own-best orders */
#define TG_BOND_BIDDING_ORDER_PRICE_BYTES                8u
#define TG_BOND_BIDDING_ORDER_ORDER_QTY_AT               33u        /* Qty, 1e-2: quantity */
#define TG_BOND_BIDDING_ORDER_ORDER_QTY_BYTES            8u
#define TG_BOND_BIDDING_ORDER_SIDE_AT                    41u        /* char: 1 buy, 2 sell, G borrow, F lend */
#define TG_BOND_BIDDING_ORDER_SIDE_BYTES                 1u
#define TG_BOND_BIDDING_ORDER_TRANSACT_TIME_AT           42u        /* LocalTimeStamp: time of the order */
#define TG_BOND_BIDDING_ORDER_TRANSACT_TIME_BYTES        8u
#define TG_BOND_BIDDING_ORDER_MEMBER_ID_AT               50u        /* char[]: member */
#define TG_BOND_BIDDING_ORDER_MEMBER_ID_BYTES            6u
#define TG_BOND_BIDDING_ORDER_INVESTOR_TYPE_AT           56u        /* char[]: kind of investor */
#define TG_BOND_BIDDING_ORDER_INVESTOR_TYPE_BYTES        2u
#define TG_BOND_BIDDING_ORDER_INVESTOR_ID_AT             58u        /* char[]: investor */
#define TG_BOND_BIDDING_ORDER_INVESTOR_ID_BYTES          10u
#define TG_BOND_BIDDING_ORDER_INVESTOR_NAME_AT           68u        /* char[] (GBK): investor's name */
#define TG_BOND_BIDDING_ORDER_INVESTOR_NAME_BYTES        120u
#define TG_BOND_BIDDING_ORDER_TRADER_CODE_AT             188u       /* char[]: trader */
#define TG_BOND_BIDDING_ORDER_TRADER_CODE_BYTES          8u
#define TG_BOND_BIDDING_ORDER_SETTL_PERIOD_AT            196u       /* uInt8: settlement period */
#define TG_BOND_BIDDING_ORDER_SETTL_PERIOD_BYTES         1u
#define TG_BOND_BIDDING_ORDER_SETTL_TYPE_AT              197u       /* uInt16: settlement method */
#define TG_BOND_BIDDING_ORDER_SETTL_TYPE_BYTES           2u
#define TG_BOND_BIDDING_ORDER_MEMO_AT                    199u       /* char[] (GBK): remark */
#define TG_BOND_BIDDING_ORDER_MEMO_BYTES                 160u
#define TG_BOND_BIDDING_ORDER_SECONDARY_ORDER_ID_AT      359u       /* char[]: number of the bidding */
#define TG_BOND_BIDDING_ORDER_SECONDARY_ORDER_ID_BYTES   16u
#define TG_BOND_BIDDING_ORDER_BID_TRANS_TYPE_AT          375u       /* uInt16: kind of bidding */
#define TG_BOND_BIDDING_ORDER_BID_TRANS_TYPE_BYTES       2u
#define TG_BOND_BIDDING_ORDER_BID_EXEC_INST_TYPE_AT      377u       /* uInt16: way of execution */
#define TG_BOND_BIDDING_ORDER_BID_EXEC_INST_TYPE_BYTES   2u
#define TG_BOND_BIDDING_ORDER_LOW_LIMIT_PRICE_AT         379u       /* Price, 1e-4: lowest price */
#define TG_BOND_BIDDING_ORDER_LOW_LIMIT_PRICE_BYTES      8u
#define TG_BOND_BIDDING_ORDER_HIGH_LIMIT_PRICE_AT        387u       /* Price, 1e-4: highest price */
#define TG_BOND_BIDDING_ORDER_HIGH_LIMIT_PRICE_BYTES     8u
#define TG_BOND_BIDDING_ORDER_MIN_QTY_AT                 395u       /* Qty, 1e-2: least quantity */
#define TG_BOND_BIDDING_ORDER_MIN_QTY_BYTES              8u
#define TG_BOND_BIDDING_ORDER_TRADE_DATE_AT              403u       /* LocalMktDate: trade date */
#define TG_BOND_BIDDING_ORDER_TRADE_DATE_BYTES           4u

/* AgreementTrade: part of 300591 */
#define TG_AGREEMENT_TRADE_LEN                           66u        /* bytes */
#define TG_AGREEMENT_TRADE_CHANNEL_NO_AT                 0u         /* uInt16: channel */
#define TG_AGREEMENT_TRADE_CHANNEL_NO_BYTES              2u
#define TG_AGREEMENT_TRADE_APPL_SEQ_NUM_AT               2u         /* SeqNum: number in the channel, from 1, without a gap */
#define TG_AGREEMENT_TRADE_APPL_SEQ_NUM_BYTES            8u
#define TG_AGREEMENT_TRADE_MD_STREAM_ID_AT               10u        /* char[]: stream, three digits such as 011 */
#define TG_AGREEMENT_TRADE_MD_STREAM_ID_BYTES            3u
#define TG_AGREEMENT_TRADE_BID_APPL_SEQ_NUM_AT           13u        /* SeqNum: number of the buy order; 0 none */
#define TG_AGREEMENT_TRADE_BID_APPL_SEQ_NUM_BYTES        8u
#define TG_AGREEMENT_TRADE_OFFER_APPL_SEQ_NUM_AT         21u        /* SeqNum: number of the sell order; 0 none */
#define TG_AGREEMENT_TRADE_OFFER_APPL_SEQ_NUM_BYTES      8u
#define TG_AGREEMENT_TRADE_SECURITY_ID_AT                29u        /* char[]: security code */
#define TG_AGREEMENT_TRADE_SECURITY_ID_BYTES             8u
#define TG_AGREEMENT_TRADE_SECURITY_ID_SOURCE_AT         37u        /* char[]: 102 Shenzhen */
#define TG_AGREEMENT_TRADE_SECURITY_ID_SOURCE_BYTES      4u
#define TG_AGREEMENT_TRADE_LAST_PX_AT                    41u        /* Price, 1e-4: price; 0 in a cancel */
#define TG_AGREEMENT_TRADE_LAST_PX_BYTES                 8u
#define TG_AGREEMENT_TRADE_LAST_QTY_AT                   49u        /* Qty, 1e-2: quantity traded or cancelled */
#define TG_AGREEMENT_TRADE_LAST_QTY_BYTES                8u
#define TG_AGREEMENT_TRADE_EXEC_TYPE_AT                  57u        /* char: F trade, 4 cancel */
#define TG_AGREEMENT_TRADE_EXEC_TYPE_BYTES               1u
#define TG_AGREEMENT_TRADE_TRANSACT_TIME_AT              58u        /* LocalTimeStamp: time of the trade */
#define TG_AGREEMENT_TRADE_TRANSACT_TIME_BYTES           8u

/* AgreementOrder: part of 300592 */
#define TG_AGREEMENT_ORDER_LEN                           100u       /* bytes */
#define TG_AGREEMENT_ORDER_CHANNEL_NO_AT                 0u         /* uInt16: channel */
#define TG_AGREEMENT_ORDER_CHANNEL_NO_BYTES              2u
#define TG_AGREEMENT_ORDER_APPL_SEQ_NUM_AT               2u         /* SeqNum: number in the channel, from 1, without a gap */
#define TG_AGREEMENT_ORDER_APPL_SEQ_NUM_BYTES            8u
#define TG_AGREEMENT_ORDER_MD_STREAM_ID_AT               10u        /* char[]: stream, three digits such as 011 */
#define TG_AGREEMENT_ORDER_MD_STREAM_ID_BYTES            3u
#define TG_AGREEMENT_ORDER_SECURITY_ID_AT                13u        /* char[]: security code */
#define TG_AGREEMENT_ORDER_SECURITY_ID_BYTES             8u
#define TG_AGREEMENT_ORDER_SECURITY_ID_SOURCE_AT         21u        /* char[]: 102 Shenzhen */
#define TG_AGREEMENT_ORDER_SECURITY_ID_SOURCE_BYTES      4u
#define TG_AGREEMENT_ORDER_PRICE_AT                      25u        /* Price, 1e-4: price; without meaning in market and own-best orders */
#define TG_AGREEMENT_ORDER_PRICE_BYTES                   8u
#define TG_AGREEMENT_ORDER_ORDER_QTY_AT                  33u        /* Qty, 1e-2: quantity */
#define TG_AGREEMENT_ORDER_ORDER_QTY_BYTES               8u
#define TG_AGREEMENT_ORDER_SIDE_AT                       41u        /* char: 1 buy, 2 sell, G borrow, F lend */
#define TG_AGREEMENT_ORDER_SIDE_BYTES                    1u
#define TG_AGREEMENT_ORDER_TRANSACT_TIME_AT              42u        /* LocalTimeStamp: time of the order */
#define TG_AGREEMENT_ORDER_TRANSACT_TIME_BYTES           8u
#define TG_AGREEMENT_ORDER_CONFIRM_ID_AT                 50u        /* char[]: number of the agreement */
#define TG_AGREEMENT_ORDER_CONFIRM_ID_BYTES              8u
#define TG_AGREEMENT_ORDER_CONTACTOR_AT                  58u        /* char[] (GBK): contact person */
#define TG_AGREEMENT_ORDER_CONTACTOR_BYTES               12u
#define TG_AGREEMENT_ORDER_CONTACT_INFO_AT               70u        /* char[] (GBK): how to reach the contact person */
#define TG_AGREEMENT_ORDER_CONTACT_INFO_BYTES            30u

/* AfterHoursEntry: part of 300611, 303711 */
#define TG_AFTER_HOURS_ENTRY_LEN                         18u        /* bytes */
#define TG_AFTER_HOURS_ENTRY_MD_ENTRY_TYPE_AT            0u         /* char[]: 0 bid, 1 offer */
#define TG_AFTER_HOURS_ENTRY_MD_ENTRY_TYPE_BYTES         2u
#define TG_AFTER_HOURS_ENTRY_MD_ENTRY_PX_AT              2u         /* MDEntryPx, 1e-6: price */
#define TG_AFTER_HOURS_ENTRY_MD_ENTRY_PX_BYTES           8u
#define TG_AFTER_HOURS_ENTRY_MD_ENTRY_SIZE_AT            10u        /* Qty, 1e-2: quantity */
#define TG_AFTER_HOURS_ENTRY_MD_ENTRY_SIZE_BYTES         8u

/* RefinancingTrade: part of 300791 */
#define TG_REFINANCING_TRADE_LEN                         66u        /* bytes */
#define TG_REFINANCING_TRADE_CHANNEL_NO_AT               0u         /* uInt16: channel */
#define TG_REFINANCING_TRADE_CHANNEL_NO_BYTES            2u
#define TG_REFINANCING_TRADE_APPL_SEQ_NUM_AT             2u         /* SeqNum: number in the channel, from 1, without a gap */
#define TG_REFINANCING_TRADE_APPL_SEQ_NUM_BYTES          8u
#define TG_REFINANCING_TRADE_MD_STREAM_ID_AT             10u        /* char[]: stream, three digits such as 011 */
#define TG_REFINANCING_TRADE_MD_STREAM_ID_BYTES          3u
#define TG_REFINANCING_TRADE_BID_APPL_SEQ_NUM_AT         13u        /* SeqNum: number of the buy order; 0 none */
#define TG_REFINANCING_TRADE_BID_APPL_SEQ_NUM_BYTES      8u
#define TG_REFINANCING_TRADE_OFFER_APPL_SEQ_NUM_AT       21u        /* SeqNum: number of the sell order; 0 none */
#define TG_REFINANCING_TRADE_OFFER_APPL_SEQ_NUM_BYTES    8u
#define TG_REFINANCING_TRADE_SECURITY_ID_AT              29u        /* char[]: security code */
#define TG_REFINANCING_TRADE_SECURITY_ID_BYTES           8u
#define TG_REFINANCING_TRADE_SECURITY_ID_SOURCE_AT       37u        /* char[]: 102 Shenzhen */
#define TG_REFINANCING_TRADE_SECURITY_ID_SOURCE_BYTES    4u
#define TG_REFINANCING_TRADE_LAST_PX_AT                  41u        /* Price, 1e-4: price; 0 in a cancel */
#define TG_REFINANCING_TRADE_LAST_PX_BYTES               8u
#define TG_REFINANCING_TRADE_LAST_QTY_AT                 49u        /* Qty, 1e-2: quantity traded or cancelled */
#define TG_REFINANCING_TRADE_LAST_QTY_BYTES              8u
#define TG_REFINANCING_TRADE_EXEC_TYPE_AT                57u        /* char: F trade, 4 cancel */
#define TG_REFINANCING_TRADE_EXEC_TYPE_BYTES             1u
#define TG_REFINANCING_TRADE_TRANSACT_TIME_AT            58u        /* LocalTimeStamp: time of the trade */
#define TG_REFINANCING_TRADE_TRANSACT_TIME_BYTES         8u

/* RefinancingOrder: part of 300792 */
#define TG_REFINANCING_ORDER_LEN                         53u        /* bytes */
#define TG_REFINANCING_ORDER_CHANNEL_NO_AT               0u         /* uInt16: channel */
#define TG_REFINANCING_ORDER_CHANNEL_NO_BYTES            2u
#define TG_REFINANCING_ORDER_APPL_SEQ_NUM_AT             2u         /* SeqNum: number in the channel, from 1, without a gap */
#define TG_REFINANCING_ORDER_APPL_SEQ_NUM_BYTES          8u
#define TG_REFINANCING_ORDER_MD_STREAM_ID_AT             10u        /* char[]: stream, three digits such as 011 */
#define TG_REFINANCING_ORDER_MD_STREAM_ID_BYTES          3u
#define TG_REFINANCING_ORDER_SECURITY_ID_AT              13u        /* char[]: security code */
#define TG_REFINANCING_ORDER_SECURITY_ID_BYTES           8u
#define TG_REFINANCING_ORDER_SECURITY_ID_SOURCE_AT       21u        /* char[]: 102 Shenzhen */
#define TG_REFINANCING_ORDER_SECURITY_ID_SOURCE_BYTES    4u
#define TG_REFINANCING_ORDER_PRICE_AT                    25u        /* Price, 1e-4: price; without meaning in market and own-best orders */
#define TG_REFINANCING_ORDER_PRICE_BYTES                 8u
#define TG_REFINANCING_ORDER_ORDER_QTY_AT                33u        /* Qty, 1e-2: quantity */
#define TG_REFINANCING_ORDER_ORDER_QTY_BYTES             8u
#define TG_REFINANCING_ORDER_SIDE_AT                     41u        /* char: 1 buy, 2 sell, G borrow, F lend */
#define TG_REFINANCING_ORDER_SIDE_BYTES                  1u
#define TG_REFINANCING_ORDER_TRANSACT_TIME_AT            42u        /* LocalTimeStamp: time of the order */
#define TG_REFINANCING_ORDER_TRANSACT_TIME_BYTES         8u
#define TG_REFINANCING_ORDER_EXPIRATION_DAYS_AT          50u        /* uInt16: term in days */
#define TG_REFINANCING_ORDER_EXPIRATION_DAYS_BYTES       2u
#define TG_REFINANCING_ORDER_EXPIRATION_TYPE_AT          52u        /* uInt8: 1 fixed term */
#define TG_REFINANCING_ORDER_EXPIRATION_TYPE_BYTES       1u

/* HkEntry: part of 306311 */
#define TG_HK_ENTRY_LEN                                  20u        /* bytes */
#define TG_HK_ENTRY_MD_ENTRY_TYPE_AT                     0u         /* char[]: what the entry is; see MDEntryType */
#define TG_HK_ENTRY_MD_ENTRY_TYPE_BYTES                  2u
#define TG_HK_ENTRY_MD_ENTRY_PX_AT                       2u         /* MDEntryPx, 1e-6: price in HKD */
#define TG_HK_ENTRY_MD_ENTRY_PX_BYTES                    8u
#define TG_HK_ENTRY_MD_ENTRY_SIZE_AT                     10u        /* Qty, 1e-2: quantity */
#define TG_HK_ENTRY_MD_ENTRY_SIZE_BYTES                  8u
#define TG_HK_ENTRY_MD_PRICE_LEVEL_AT                    18u        /* uInt16: price level; 0 where there is no book */
#define TG_HK_ENTRY_MD_PRICE_LEVEL_BYTES                 2u

/* HkEvents: part of 306311 */
#define TG_HK_EVENTS_LEN                                 4u         /* bytes */
#define TG_HK_EVENTS_NO_COMPLEX_EVENT_TIMES_AT           0u         /* NumInGroup: cooling-off periods that follow */
#define TG_HK_EVENTS_NO_COMPLEX_EVENT_TIMES_BYTES        4u

/* HkEvent: part of 306311 */
#define TG_HK_EVENT_LEN                                  16u        /* bytes */
#define TG_HK_EVENT_COMPLEX_EVENT_START_TIME_AT          0u         /* LocalTimeStamp: start of the cooling-off period */
#define TG_HK_EVENT_COMPLEX_EVENT_START_TIME_BYTES       8u
#define TG_HK_EVENT_COMPLEX_EVENT_END_TIME_AT            8u         /* LocalTimeStamp: end of the cooling-off period */
#define TG_HK_EVENT_COMPLEX_EVENT_END_TIME_BYTES         8u

/* IndexEntry: part of 309011 */
#define TG_INDEX_ENTRY_LEN                               10u        /* bytes */
#define TG_INDEX_ENTRY_MD_ENTRY_TYPE_AT                  0u         /* char[]: 3 current, xa previous close, xb open, xc high, xd low */
#define TG_INDEX_ENTRY_MD_ENTRY_TYPE_BYTES               2u
#define TG_INDEX_ENTRY_MD_ENTRY_PX_AT                    2u         /* MDEntryPx, 1e-6: index value in points */
#define TG_INDEX_ENTRY_MD_ENTRY_PX_BYTES                 8u

/* VolumeStatistics: part of 309111 */
#define TG_VOLUME_STATISTICS_LEN                         69u        /* bytes */
#define TG_VOLUME_STATISTICS_ORIG_TIME_AT                0u         /* LocalTimeStamp: time of the snapshot */
#define TG_VOLUME_STATISTICS_ORIG_TIME_BYTES             8u
#define TG_VOLUME_STATISTICS_CHANNEL_NO_AT               8u         /* uInt16: channel */
#define TG_VOLUME_STATISTICS_CHANNEL_NO_BYTES            2u
#define TG_VOLUME_STATISTICS_MD_STREAM_ID_AT             10u        /* char[]: stream, three digits such as 010 */
#define TG_VOLUME_STATISTICS_MD_STREAM_ID_BYTES          3u
#define TG_VOLUME_STATISTICS_SECURITY_ID_AT              13u        /* char[]: security or index code */
#define TG_VOLUME_STATISTICS_SECURITY_ID_BYTES           8u
#define TG_VOLUME_STATISTICS_SECURITY_ID_SOURCE_AT       21u        /* char[]: 102 Shenzhen, 103 Hong Kong */
#define TG_VOLUME_STATISTICS_SECURITY_ID_SOURCE_BYTES    4u
#define TG_VOLUME_STATISTICS_TRADING_PHASE_CODE_AT       25u        /* char[]: phase and, in the second place, 1 when suspended */
#define TG_VOLUME_STATISTICS_TRADING_PHASE_CODE_BYTES    8u
#define TG_VOLUME_STATISTICS_PREV_CLOSE_PX_AT            33u        /* Price, 1e-4: previous close */
#define TG_VOLUME_STATISTICS_PREV_CLOSE_PX_BYTES         8u
#define TG_VOLUME_STATISTICS_NUM_TRADES_AT               41u        /* Int64: number of trades */
#define TG_VOLUME_STATISTICS_NUM_TRADES_BYTES            8u
#define TG_VOLUME_STATISTICS_TOTAL_VOLUME_TRADE_AT       49u        /* Qty, 1e-2: volume traded */
#define TG_VOLUME_STATISTICS_TOTAL_VOLUME_TRADE_BYTES    8u
#define TG_VOLUME_STATISTICS_TOTAL_VALUE_TRADE_AT        57u        /* Amt, 1e-4: value traded */
#define TG_VOLUME_STATISTICS_TOTAL_VALUE_TRADE_BYTES     8u
#define TG_VOLUME_STATISTICS_STOCK_NUM_AT                65u        /* uInt32: securities that are counted */
#define TG_VOLUME_STATISTICS_STOCK_NUM_BYTES             4u

/* Announcement: part of 390012 */
#define TG_ANNOUNCEMENT_LEN                              158u       /* bytes */
#define TG_ANNOUNCEMENT_ORIG_TIME_AT                     0u         /* LocalTimeStamp: time of the announcement */
#define TG_ANNOUNCEMENT_ORIG_TIME_BYTES                  8u
#define TG_ANNOUNCEMENT_CHANNEL_NO_AT                    8u         /* uInt16: channel */
#define TG_ANNOUNCEMENT_CHANNEL_NO_BYTES                 2u
#define TG_ANNOUNCEMENT_NEWS_ID_AT                       10u        /* char[]: number of the announcement */
#define TG_ANNOUNCEMENT_NEWS_ID_BYTES                    8u
#define TG_ANNOUNCEMENT_HEADLINE_AT                      18u        /* char[] (GBK): headline */
#define TG_ANNOUNCEMENT_HEADLINE_BYTES                   128u
#define TG_ANNOUNCEMENT_RAW_DATA_FORMAT_AT               146u       /* char[]: file type, such as txt or pdf */
#define TG_ANNOUNCEMENT_RAW_DATA_FORMAT_BYTES            8u
#define TG_ANNOUNCEMENT_RAW_DATA_LENGTH_AT               154u       /* Length: bytes that follow */
#define TG_ANNOUNCEMENT_RAW_DATA_LENGTH_BYTES            4u

/* SecurityStatus: part of 390013 */
#define TG_SECURITY_STATUS_LEN                           34u        /* bytes */
#define TG_SECURITY_STATUS_ORIG_TIME_AT                  0u         /* LocalTimeStamp: time of the status */
#define TG_SECURITY_STATUS_ORIG_TIME_BYTES               8u
#define TG_SECURITY_STATUS_CHANNEL_NO_AT                 8u         /* uInt16: channel */
#define TG_SECURITY_STATUS_CHANNEL_NO_BYTES              2u
#define TG_SECURITY_STATUS_SECURITY_ID_AT                10u        /* char[]: security code */
#define TG_SECURITY_STATUS_SECURITY_ID_BYTES             8u
#define TG_SECURITY_STATUS_SECURITY_ID_SOURCE_AT         18u        /* char[]: 102 Shenzhen, 103 Hong Kong */
#define TG_SECURITY_STATUS_SECURITY_ID_SOURCE_BYTES      4u
#define TG_SECURITY_STATUS_FINANCIAL_STATUS_AT           22u        /* char[]: letters: A disclosure reminder, B risk reminder */
#define TG_SECURITY_STATUS_FINANCIAL_STATUS_BYTES        8u
#define TG_SECURITY_STATUS_NO_SWITCH_AT                  30u        /* NumInGroup: switches that follow */
#define TG_SECURITY_STATUS_NO_SWITCH_BYTES               4u

/* SecuritySwitch: part of 390013 */
#define TG_SECURITY_SWITCH_LEN                           4u         /* bytes */
#define TG_SECURITY_SWITCH_SECURITY_SWITCH_TYPE_AT       0u         /* uInt16: business; see SecuritySwitchType */
#define TG_SECURITY_SWITCH_SECURITY_SWITCH_TYPE_BYTES    2u
#define TG_SECURITY_SWITCH_SECURITY_SWITCH_STATUS_AT     2u         /* Boolean: 1 open, 0 closed */
#define TG_SECURITY_SWITCH_SECURITY_SWITCH_STATUS_BYTES  2u

/* MarketStatus: part of 390019 */
#define TG_MARKET_STATUS_LEN                             69u        /* bytes */
#define TG_MARKET_STATUS_ORIG_TIME_AT                    0u         /* LocalTimeStamp: time of the status */
#define TG_MARKET_STATUS_ORIG_TIME_BYTES                 8u
#define TG_MARKET_STATUS_CHANNEL_NO_AT                   8u         /* uInt16: channel */
#define TG_MARKET_STATUS_CHANNEL_NO_BYTES                2u
#define TG_MARKET_STATUS_MARKET_ID_AT                    10u        /* char[]: market */
#define TG_MARKET_STATUS_MARKET_ID_BYTES                 8u
#define TG_MARKET_STATUS_MARKET_SEGMENT_ID_AT            18u        /* char[]: segment of the market */
#define TG_MARKET_STATUS_MARKET_SEGMENT_ID_BYTES         8u
#define TG_MARKET_STATUS_TRADING_SESSION_ID_AT           26u        /* char[]: session */
#define TG_MARKET_STATUS_TRADING_SESSION_ID_BYTES        4u
#define TG_MARKET_STATUS_TRADING_SESSION_SUB_ID_AT       30u        /* char[]: part of the session */
#define TG_MARKET_STATUS_TRADING_SESSION_SUB_ID_BYTES    4u
#define TG_MARKET_STATUS_TRAD_SES_STATUS_AT              34u        /* uInt16: status of the session */
#define TG_MARKET_STATUS_TRAD_SES_STATUS_BYTES           2u
#define TG_MARKET_STATUS_TRAD_SES_START_TIME_AT          36u        /* LocalTimeStamp: start of the session */
#define TG_MARKET_STATUS_TRAD_SES_START_TIME_BYTES       8u
#define TG_MARKET_STATUS_TRAD_SES_END_TIME_AT            44u        /* LocalTimeStamp: end of the session */
#define TG_MARKET_STATUS_TRAD_SES_END_TIME_BYTES         8u
#define TG_MARKET_STATUS_THRESHOLD_AMOUNT_AT             52u        /* Amt, 1e-4: quota of the day */
#define TG_MARKET_STATUS_THRESHOLD_AMOUNT_BYTES          8u
#define TG_MARKET_STATUS_POS_AMT_AT                      60u        /* Amt, 1e-4: quota that is left */
#define TG_MARKET_STATUS_POS_AMT_BYTES                   8u
#define TG_MARKET_STATUS_AMOUNT_STATUS_AT                68u        /* char: 1 exhausted, 2 available (values from memory) */
#define TG_MARKET_STATUS_AMOUNT_STATUS_BYTES             1u

/* ChannelStatistics: part of 390090 */
#define TG_CHANNEL_STATISTICS_LEN                        14u        /* bytes */
#define TG_CHANNEL_STATISTICS_ORIG_TIME_AT               0u         /* LocalTimeStamp: time of the count */
#define TG_CHANNEL_STATISTICS_ORIG_TIME_BYTES            8u
#define TG_CHANNEL_STATISTICS_CHANNEL_NO_AT              8u         /* uInt16: channel */
#define TG_CHANNEL_STATISTICS_CHANNEL_NO_BYTES           2u
#define TG_CHANNEL_STATISTICS_NO_MD_STREAM_ID_AT         10u        /* NumInGroup: streams that follow */
#define TG_CHANNEL_STATISTICS_NO_MD_STREAM_ID_BYTES      4u

/* ChannelStream: part of 390090 */
#define TG_CHANNEL_STREAM_LEN                            15u        /* bytes */
#define TG_CHANNEL_STREAM_MD_STREAM_ID_AT                0u         /* char[]: stream, three digits such as 010 */
#define TG_CHANNEL_STREAM_MD_STREAM_ID_BYTES             3u
#define TG_CHANNEL_STREAM_STOCK_NUM_AT                   3u         /* uInt32: securities of the stream */
#define TG_CHANNEL_STREAM_STOCK_NUM_BYTES                4u
#define TG_CHANNEL_STREAM_TRADING_PHASE_CODE_AT          7u         /* char[]: first place T trading, E closed */
#define TG_CHANNEL_STREAM_TRADING_PHASE_CODE_BYTES       8u

/* UserInfoReport: part of 390093 */
#define TG_USER_INFO_REPORT_LEN                          26u        /* bytes */
#define TG_USER_INFO_REPORT_ORIG_TIME_AT                 0u         /* LocalTimeStamp: time of the report */
#define TG_USER_INFO_REPORT_ORIG_TIME_BYTES              8u
#define TG_USER_INFO_REPORT_VERSION_CODE_AT              8u         /* char[]: version of the client */
#define TG_USER_INFO_REPORT_VERSION_CODE_BYTES           16u
#define TG_USER_INFO_REPORT_USER_NUM_AT                  24u        /* uInt16: number of users */
#define TG_USER_INFO_REPORT_USER_NUM_BYTES               2u

/* Resend: part of 390094 */
#define TG_RESEND_LEN                                    44u        /* bytes */
#define TG_RESEND_RESEND_TYPE_AT                         0u         /* uInt8: 1 tick data, 2 announcements */
#define TG_RESEND_RESEND_TYPE_BYTES                      1u
#define TG_RESEND_CHANNEL_NO_AT                          1u         /* uInt16: channel, for tick data */
#define TG_RESEND_CHANNEL_NO_BYTES                       2u
#define TG_RESEND_APPL_BEG_SEQ_NUM_AT                    3u         /* SeqNum: first number wanted */
#define TG_RESEND_APPL_BEG_SEQ_NUM_BYTES                 8u
#define TG_RESEND_APPL_END_SEQ_NUM_AT                    11u        /* SeqNum: last number wanted; 0 the newest held */
#define TG_RESEND_APPL_END_SEQ_NUM_BYTES                 8u
#define TG_RESEND_NEWS_ID_AT                             19u        /* char[]: announcement wanted; blank asks for the list */
#define TG_RESEND_NEWS_ID_BYTES                          8u
#define TG_RESEND_RESEND_STATUS_AT                       27u        /* uInt8: response: 1 complete, 2 partial, 3 no right, 4 no data */
#define TG_RESEND_RESEND_STATUS_BYTES                    1u
#define TG_RESEND_REJECT_TEXT_AT                         28u        /* char[] (GBK): reason in words */
#define TG_RESEND_REJECT_TEXT_BYTES                      16u

/* ChannelHeartbeat: part of 390095 */
#define TG_CHANNEL_HEARTBEAT_LEN                         12u        /* bytes */
#define TG_CHANNEL_HEARTBEAT_CHANNEL_NO_AT               0u         /* uInt16: channel */
#define TG_CHANNEL_HEARTBEAT_CHANNEL_NO_BYTES            2u
#define TG_CHANNEL_HEARTBEAT_APPL_LAST_SEQ_NUM_AT        2u         /* SeqNum: last number sent on the channel */
#define TG_CHANNEL_HEARTBEAT_APPL_LAST_SEQ_NUM_BYTES     8u
#define TG_CHANNEL_HEARTBEAT_END_OF_CHANNEL_AT           10u        /* Boolean: 1 when the channel has ended for the day */
#define TG_CHANNEL_HEARTBEAT_END_OF_CHANNEL_BYTES        2u

/* Side */
#define TG_SIDE_BUY                                      0x31u      /* "1" buy */
#define TG_SIDE_SELL                                     0x32u      /* "2" sell */
#define TG_SIDE_BORROW                                   0x47u      /* "G" borrow */
#define TG_SIDE_LEND                                     0x46u      /* "F" lend */
#define TG_SIDE_SUBSCRIBE                                0x44u      /* "D" subscribe */
#define TG_SIDE_REDEEM                                   0x45u      /* "E" redeem */

/* OrdType */
#define TG_ORD_TYPE_MARKET                               0x31u      /* "1" market */
#define TG_ORD_TYPE_LIMIT                                0x32u      /* "2" limit */
#define TG_ORD_TYPE_OWN_BEST                             0x55u      /* "U" best price of its own side */

/* ExecType */
#define TG_EXEC_TYPE_NEW                                 0x30u      /* "0" new */
#define TG_EXEC_TYPE_CANCEL                              0x34u      /* "4" cancelled */
#define TG_EXEC_TYPE_REJECT                              0x38u      /* "8" rejected */
#define TG_EXEC_TYPE_TRADE                               0x46u      /* "F" trade */

/* OrdStatus */
#define TG_ORD_STATUS_NEW                                0x30u      /* "0" new */
#define TG_ORD_STATUS_PART_FILLED                        0x31u      /* "1" partially filled */
#define TG_ORD_STATUS_FILLED                             0x32u      /* "2" filled */
#define TG_ORD_STATUS_CANCELLED                          0x34u      /* "4" cancelled */
#define TG_ORD_STATUS_REJECTED                           0x38u      /* "8" rejected */

/* TimeInForce */
#define TG_TIME_IN_FORCE_DAY                             0x30u      /* "0" day */
#define TG_TIME_IN_FORCE_IMMEDIATE_OR_CANCEL             0x33u      /* "3" immediate or cancel */
#define TG_TIME_IN_FORCE_AT_CROSSING                     0x39u      /* "9" at crossing (Hong Kong Connect) */

/* CashMargin */
#define TG_CASH_MARGIN_CASH                              0x31u      /* "1" cash */
#define TG_CASH_MARGIN_OPEN                              0x32u      /* "2" open a margin position */
#define TG_CASH_MARGIN_CLOSE                             0x33u      /* "3" close a margin position */

/* MDEntryType */
#define TG_MD_ENTRY_TYPE_BID                             0x3020u    /* "0 " bid level */
#define TG_MD_ENTRY_TYPE_OFFER                           0x3120u    /* "1 " offer level */
#define TG_MD_ENTRY_TYPE_LAST                            0x3220u    /* "2 " last price */
#define TG_MD_ENTRY_TYPE_INDEX                           0x3320u    /* "3 " current index */
#define TG_MD_ENTRY_TYPE_OPEN                            0x3420u    /* "4 " open */
#define TG_MD_ENTRY_TYPE_HIGH                            0x3720u    /* "7 " high */
#define TG_MD_ENTRY_TYPE_LOW                             0x3820u    /* "8 " low */
#define TG_MD_ENTRY_TYPE_AVERAGE                         0x3920u    /* "9 " weighted average price (bonds) */
#define TG_MD_ENTRY_TYPE_CHANGE_1                        0x7831u    /* "x1" last less previous close */
#define TG_MD_ENTRY_TYPE_CHANGE_2                        0x7832u    /* "x2" last less the last before */
#define TG_MD_ENTRY_TYPE_BID_TOTAL                       0x7833u    /* "x3" all bids: quantity and weighted average price */
#define TG_MD_ENTRY_TYPE_OFFER_TOTAL                     0x7834u    /* "x4" all offers: quantity and weighted average price */
#define TG_MD_ENTRY_TYPE_PE_1                            0x7835u    /* "x5" price/earnings 1 */
#define TG_MD_ENTRY_TYPE_PE_2                            0x7836u    /* "x6" price/earnings 2 */
#define TG_MD_ENTRY_TYPE_NAV                             0x7837u    /* "x7" fund: net asset value of the day before */
#define TG_MD_ENTRY_TYPE_IOPV                            0x7838u    /* "x8" fund: indicative value */
#define TG_MD_ENTRY_TYPE_PREMIUM                         0x7839u    /* "x9" warrant: premium rate */
#define TG_MD_ENTRY_TYPE_INDEX_PREV_CLOSE                0x7861u    /* "xa" index: previous close */
#define TG_MD_ENTRY_TYPE_INDEX_OPEN                      0x7862u    /* "xb" index: open */
#define TG_MD_ENTRY_TYPE_INDEX_HIGH                      0x7863u    /* "xc" index: high */
#define TG_MD_ENTRY_TYPE_INDEX_LOW                       0x7864u    /* "xd" index: low */
#define TG_MD_ENTRY_TYPE_LIMIT_UP                        0x7865u    /* "xe" highest price allowed */
#define TG_MD_ENTRY_TYPE_LIMIT_DOWN                      0x7866u    /* "xf" lowest price allowed */
#define TG_MD_ENTRY_TYPE_OPEN_INTEREST                   0x7867u    /* "xg" options: open interest */
#define TG_MD_ENTRY_TYPE_NOMINAL                         0x7868u    /* "xh" Hong Kong Connect: nominal price; index: closing index (from memory) */
#define TG_MD_ENTRY_TYPE_REFERENCE                       0x7869u    /* "xi" reference price */

/* TradingPhase */
#define TG_TRADING_PHASE_START                           0x53u      /* "S" before the open */
#define TG_TRADING_PHASE_OPENING_AUCTION                 0x4fu      /* "O" opening auction */
#define TG_TRADING_PHASE_CONTINUOUS                      0x54u      /* "T" continuous trading */
#define TG_TRADING_PHASE_BREAK                           0x42u      /* "B" break */
#define TG_TRADING_PHASE_CLOSING_AUCTION                 0x43u      /* "C" closing auction */
#define TG_TRADING_PHASE_ENDED                           0x45u      /* "E" closed */
#define TG_TRADING_PHASE_HALT                            0x48u      /* "H" temporary halt */
#define TG_TRADING_PHASE_AFTER_HOURS                     0x41u      /* "A" after hours */
#define TG_TRADING_PHASE_VOLATILITY                      0x56u      /* "V" volatility interruption */

/* TradingType */
#define TG_TRADING_TYPE_MATCH                            1u         /* match */
#define TG_TRADING_TYPE_NEGOTIATE                        2u         /* negotiate */
#define TG_TRADING_TYPE_CLICK                            3u         /* click */
#define TG_TRADING_TYPE_INQUIRY                          4u         /* inquiry */
#define TG_TRADING_TYPE_BIDDING                          5u         /* bidding */

/* ResendType */
#define TG_RESEND_TYPE_TICKS                             1u         /* tick data */
#define TG_RESEND_TYPE_ANNOUNCEMENTS                     2u         /* announcements */

/* ResendStatus */
#define TG_RESEND_STATUS_COMPLETE                        1u         /* complete */
#define TG_RESEND_STATUS_PARTIAL                         2u         /* partial */
#define TG_RESEND_STATUS_NO_PERMISSION                   3u         /* no permission */
#define TG_RESEND_STATUS_NOT_AVAILABLE                   4u         /* data not available */

/* SessionStatus */
#define TG_SESSION_STATUS_ACTIVE                         0u         /* session active */
#define TG_SESSION_STATUS_PASSWORD_CHANGED               1u         /* password changed */
#define TG_SESSION_STATUS_PASSWORD_EXPIRES_SOON          2u         /* password about to expire */
#define TG_SESSION_STATUS_PASSWORD_NOT_ACCEPTED          3u         /* new password against the policy */
#define TG_SESSION_STATUS_LOGOUT_COMPLETE                4u         /* logout complete */
#define TG_SESSION_STATUS_WRONG_PASSWORD                 5u         /* wrong user or password */
#define TG_SESSION_STATUS_LOCKED                         6u         /* account locked */
#define TG_SESSION_STATUS_NOT_NOW                        7u         /* logon not allowed now */
#define TG_SESSION_STATUS_PASSWORD_EXPIRED               8u         /* password expired */
#define TG_SESSION_STATUS_SEQUENCE_LOW                   9u         /* MsgSeqNum too low */
#define TG_SESSION_STATUS_SEQUENCE_HIGH                  10u        /* NextExpectedMsgSeqNum too high */
#define TG_SESSION_STATUS_OTHER                          101u       /* other */
#define TG_SESSION_STATUS_INVALID_MESSAGE                102u       /* invalid message */

/* PlatformID */
#define TG_PLATFORM_ID_CASH_AUCTION                      1u         /* cash auction */
#define TG_PLATFORM_ID_FINANCIAL_SERVICES                2u         /* integrated financial services */
#define TG_PLATFORM_ID_NON_TRADE                         3u         /* non-trade processing */
#define TG_PLATFORM_ID_DERIVATIVES                       4u         /* derivatives auction */
#define TG_PLATFORM_ID_INTERCONNECTION                   5u         /* international interconnection */
#define TG_PLATFORM_ID_FIXED_INCOME                      6u         /* fixed income */

/* PlatformState */
#define TG_PLATFORM_STATE_PRE_OPEN                       0u         /* not open */
#define TG_PLATFORM_STATE_OPEN_UPCOMING                  1u         /* opening soon */
#define TG_PLATFORM_STATE_OPEN                           2u         /* open */
#define TG_PLATFORM_STATE_HALT                           3u         /* halt */
#define TG_PLATFORM_STATE_CLOSE                          4u         /* closed */

/* OwnerType */
#define TG_OWNER_TYPE_INDIVIDUAL                         1u         /* individual investor */
#define TG_OWNER_TYPE_EXCHANGE                           101u       /* exchange */
#define TG_OWNER_TYPE_MEMBER                             102u       /* member */
#define TG_OWNER_TYPE_INSTITUTION                        103u       /* institution */
#define TG_OWNER_TYPE_PROPRIETARY                        104u       /* proprietary */
#define TG_OWNER_TYPE_LIQUIDITY_PROVIDER                 105u       /* liquidity provider */
#define TG_OWNER_TYPE_CLEARING                           106u       /* clearing institution */

/* SecuritySwitchType */
#define TG_SECURITY_SWITCH_TYPE_MARGIN_BUY               1u         /* margin buy */
#define TG_SECURITY_SWITCH_TYPE_SHORT_SELL               2u         /* short sell */
#define TG_SECURITY_SWITCH_TYPE_SUBSCRIBE_ETF            3u         /* subscription, fund units */
#define TG_SECURITY_SWITCH_TYPE_REDEEM_ETF               4u         /* redemption */
#define TG_SECURITY_SWITCH_TYPE_SUBSCRIBE_ISSUE          5u         /* subscription, new issue */
#define TG_SECURITY_SWITCH_TYPE_CONVERT                  6u         /* conversion */
#define TG_SECURITY_SWITCH_TYPE_PUT_BACK                 7u         /* put-back */
#define TG_SECURITY_SWITCH_TYPE_EXERCISE                 8u         /* exercise */
#define TG_SECURITY_SWITCH_TYPE_BUY_OPEN                 10u        /* buy to open */
#define TG_SECURITY_SWITCH_TYPE_SELL_OPEN                11u        /* sell to open */
#define TG_SECURITY_SWITCH_TYPE_GOLD_IN                  12u        /* gold ETF, physical in */
#define TG_SECURITY_SWITCH_TYPE_GOLD_OUT                 13u        /* gold ETF, physical out */
#define TG_SECURITY_SWITCH_TYPE_ACCEPT_TENDER            14u        /* accept a tender */
#define TG_SECURITY_SWITCH_TYPE_WITHDRAW_TENDER          15u        /* withdraw from a tender */
#define TG_SECURITY_SWITCH_TYPE_CANCEL_CONVERT           18u        /* cancel a conversion */
#define TG_SECURITY_SWITCH_TYPE_CANCEL_PUT_BACK          19u        /* cancel a put-back */
#define TG_SECURITY_SWITCH_TYPE_PLEDGE                   20u        /* pledge */
#define TG_SECURITY_SWITCH_TYPE_UNPLEDGE                 21u        /* release a pledge */
#define TG_SECURITY_SWITCH_TYPE_VOTING                   22u        /* voting */
#define TG_SECURITY_SWITCH_TYPE_PLEDGE_REPO              23u        /* stock pledge repo */
#define TG_SECURITY_SWITCH_TYPE_SPLIT                    24u        /* real-time split */
#define TG_SECURITY_SWITCH_TYPE_MERGE                    25u        /* real-time merge */
#define TG_SECURITY_SWITCH_TYPE_COVERED_CALL             26u        /* covered call */
#define TG_SECURITY_SWITCH_TYPE_MARKET_MAKING            27u        /* market-maker quote */
#define TG_SECURITY_SWITCH_TYPE_HK_BOARD_BUY             28u        /* Hong Kong Connect, board lot buy */
#define TG_SECURITY_SWITCH_TYPE_HK_BOARD_SELL            29u        /* Hong Kong Connect, board lot sell */
#define TG_SECURITY_SWITCH_TYPE_HK_ODD_BUY               30u        /* Hong Kong Connect, odd lot buy */
#define TG_SECURITY_SWITCH_TYPE_HK_ODD_SELL              31u        /* Hong Kong Connect, odd lot sell */
#define TG_SECURITY_SWITCH_TYPE_TO_COVERED               32u        /* option position, ordinary to covered */
#define TG_SECURITY_SWITCH_TYPE_TO_ORDINARY              33u        /* option position, covered to ordinary */

/* Layout of records and datagrams: both ends must have the same. */
#define TG_PUBLISH_ID_HI 0x0df644b5UL
#define TG_PUBLISH_ID_LO 0xdf9013ecUL
#define TG_RECORD_BYTES                                  96u        /* bytes of a record */
#define TG_TAG_BYTES                                     24u        /* bytes of the tag of a record */
#define TG_DATAGRAM_HEADER_BYTES                         32u        /* bytes of a datagram's header */
#define TG_MAX_DATAGRAM_BYTES                            1472u      /* longest datagram, bytes */
#define TG_MAX_DATAGRAM_RECORDS                          15u        /* most records of a datagram */

/* Kinds of records */
#define TG_RECORD_ORDER                                  1u         /* a tick order (30xx92): one record */
#define TG_RECORD_TRADE                                  2u         /* a tick trade or cancel (30xx91): one record */
#define TG_RECORD_HEAD                                   3u         /* the fixed part of a snapshot */
#define TG_RECORD_ENTRY                                  4u         /* one entry of a snapshot */
#define TG_RECORD_QUEUE                                  5u         /* two quantities of the queue of the entry before */
#define TG_RECORD_END                                    6u         /* the end of a snapshot */

/* Flags of a record, and those of them that are published */
#define TG_RECORD_FLAG_BAD_CHECKSUM                      1u         /* the checksum was wrong and the policy `flag` released it: not applied */
#define TG_RECORD_FLAG_DUPLICATE                         2u         /* ApplSeqNum at or below the channel's last: not applied */
#define TG_RECORD_FLAG_UNNAMED                           4u         /* no row for this security: not applied */
#define TG_RECORD_FLAG_STALE                             8u         /* a snapshot older than the row's: not applied */
#define TG_RECORD_FLAG_REFUSED                           16u        /* a fault kept it from being applied */
#define TG_RECORD_FLAGS_PUBLISHED                        1u

/* Flags of a datagram */
#define TG_DATAGRAM_FLAG_STARTS_INSIDE                   1u         /* the message of the first record began in a datagram before */
#define TG_DATAGRAM_FLAG_ENDS_INSIDE                     2u         /* the message of the last record goes on in the next datagram */

/* DatagramHeader: the first 32 bytes of a datagram */
#define TG_DATAGRAM_LAYOUT_ID_AT                         0u         /* U64: identity of this layout; another is not to be read */
#define TG_DATAGRAM_LAYOUT_ID_BYTES                      8u
#define TG_DATAGRAM_RUN_AT                               8u         /* U64: run of the publisher; greater after each start */
#define TG_DATAGRAM_RUN_BYTES                            8u
#define TG_DATAGRAM_SEQUENCE_AT                          16u        /* U64: number of the datagram in its run, from 1, without a gap */
#define TG_DATAGRAM_SEQUENCE_BYTES                       8u
#define TG_DATAGRAM_BYTES_AT                             24u        /* U16: length of the datagram in bytes, header included */
#define TG_DATAGRAM_BYTES_BYTES                          2u
#define TG_DATAGRAM_RECORDS_AT                           26u        /* U8: records that follow, 0 to 15 */
#define TG_DATAGRAM_RECORDS_BYTES                        1u
#define TG_DATAGRAM_FLAGS_AT                             27u        /* U8: flags of the datagram */
#define TG_DATAGRAM_FLAGS_BYTES                          1u
#define TG_DATAGRAM_CHECK_AT                             28u        /* U32: sum of the other 32-bit words of the datagram, modulo 2^32 */
#define TG_DATAGRAM_CHECK_BYTES                          4u

/* Tag: where a record comes from; the first 24 bytes of each */
#define TG_TAG_MSG_AT                                    0u         /* U64: number of the message over the whole input, from 0 */
#define TG_TAG_MSG_BYTES                                 8u
#define TG_TAG_OFFSET_AT                                 8u         /* U64: offset of the message's first byte in its stream */
#define TG_TAG_OFFSET_BYTES                              8u
#define TG_TAG_MSG_TYPE_AT                               16u        /* U32: MsgType */
#define TG_TAG_MSG_TYPE_BYTES                            4u
#define TG_TAG_SESSION_AT                                20u        /* U16: session: 0 to 127 of TOE0, 128 to 255 of TOE1 */
#define TG_TAG_SESSION_BYTES                             2u
#define TG_TAG_KIND_AT                                   22u        /* Kind: what the record is */
#define TG_TAG_KIND_BYTES                                1u
#define TG_TAG_FLAGS_AT                                  23u        /* U8: flags of the record */
#define TG_TAG_FLAGS_BYTES                               1u

/* Tick: an order, a trade or a cancel */
#define TG_TICK_APPL_SEQ_NUM_AT                          24u        /* I64: sequence number in its channel */
#define TG_TICK_APPL_SEQ_NUM_BYTES                       8u
#define TG_TICK_BID_APPL_SEQ_NUM_AT                      32u        /* I64: BidApplSeqNum of a trade; 0 for an order */
#define TG_TICK_BID_APPL_SEQ_NUM_BYTES                   8u
#define TG_TICK_OFFER_APPL_SEQ_NUM_AT                    40u        /* I64: OfferApplSeqNum of a trade; 0 for an order */
#define TG_TICK_OFFER_APPL_SEQ_NUM_BYTES                 8u
#define TG_TICK_SECURITY_AT                              48u        /* Text: SecurityID with its padding */
#define TG_TICK_SECURITY_BYTES                           8u
#define TG_TICK_PRICE_AT                                 56u        /* Price, 1e-4: Price of an order, LastPx of a trade */
#define TG_TICK_PRICE_BYTES                              8u
#define TG_TICK_QUANTITY_AT                              64u        /* Qty, 1e-2: OrderQty or LastQty */
#define TG_TICK_QUANTITY_BYTES                           8u
#define TG_TICK_TIME_AT                                  72u        /* Time: TransactTime */
#define TG_TICK_TIME_BYTES                               8u
#define TG_TICK_CHANNEL_AT                               80u        /* U16: ChannelNo */
#define TG_TICK_CHANNEL_BYTES                            2u
#define TG_TICK_SOURCE_AT                                82u        /* Text: SecurityIDSource */
#define TG_TICK_SOURCE_BYTES                             4u
#define TG_TICK_CODE_AT                                  86u        /* Char: Side of an order, ExecType of a trade */
#define TG_TICK_CODE_BYTES                               1u
#define TG_TICK_ORD_TYPE_AT                              87u        /* Char: OrdType of 300192 and 300292; 0 for every other */
#define TG_TICK_ORD_TYPE_BYTES                           1u
#define TG_TICK_STREAM_AT                                88u        /* Text: MDStreamID */
#define TG_TICK_STREAM_BYTES                             3u
#define TG_TICK_PADDING_AT                               91u        /* Zero: zeros */
#define TG_TICK_PADDING_BYTES                            5u

/* Head: the fixed part of a snapshot */
#define TG_HEAD_TIME_AT                                  24u        /* Time: OrigTime */
#define TG_HEAD_TIME_BYTES                               8u
#define TG_HEAD_SECURITY_AT                              32u        /* Text: SecurityID with its padding */
#define TG_HEAD_SECURITY_BYTES                           8u
#define TG_HEAD_PHASE_AT                                 40u        /* Text: TradingPhaseCode with its padding */
#define TG_HEAD_PHASE_BYTES                              8u
#define TG_HEAD_PREV_CLOSE_AT                            48u        /* Price, 1e-4: PrevClosePx */
#define TG_HEAD_PREV_CLOSE_BYTES                         8u
#define TG_HEAD_NUM_TRADES_AT                            56u        /* I64: NumTrades */
#define TG_HEAD_NUM_TRADES_BYTES                         8u
#define TG_HEAD_VOLUME_AT                                64u        /* Qty, 1e-2: TotalVolumeTrade */
#define TG_HEAD_VOLUME_BYTES                             8u
#define TG_HEAD_VALUE_AT                                 72u        /* Amt, 1e-4: TotalValueTrade */
#define TG_HEAD_VALUE_BYTES                              8u
#define TG_HEAD_ENTRIES_AT                               80u        /* U32: NoMDEntries: entries that follow */
#define TG_HEAD_ENTRIES_BYTES                            4u
#define TG_HEAD_CHANNEL_AT                               84u        /* U16: ChannelNo */
#define TG_HEAD_CHANNEL_BYTES                            2u
#define TG_HEAD_SOURCE_AT                                86u        /* Text: SecurityIDSource */
#define TG_HEAD_SOURCE_BYTES                             4u
#define TG_HEAD_STREAM_AT                                90u        /* Text: MDStreamID */
#define TG_HEAD_STREAM_BYTES                             3u
#define TG_HEAD_PADDING_AT                               93u        /* Zero: zeros */
#define TG_HEAD_PADDING_BYTES                            3u

/* Entry: one entry of a snapshot; what its message type does not carry is 0 */
#define TG_ENTRY_PRICE_AT                                24u        /* EntryPx, 1e-6: MDEntryPx */
#define TG_ENTRY_PRICE_BYTES                             8u
#define TG_ENTRY_SIZE_AT                                 32u        /* Qty, 1e-2: MDEntrySize */
#define TG_ENTRY_SIZE_BYTES                              8u
#define TG_ENTRY_ORDERS_AT                               40u        /* I64: NumberOfOrders */
#define TG_ENTRY_ORDERS_BYTES                            8u
#define TG_ENTRY_QUEUE_AT                                48u        /* U32: NoOrders: queue quantities that follow */
#define TG_ENTRY_QUEUE_BYTES                             4u
#define TG_ENTRY_NUMBER_AT                               52u        /* U16: number of the entry in its message, from 0 */
#define TG_ENTRY_NUMBER_BYTES                            2u
#define TG_ENTRY_LEVEL_AT                                54u        /* U16: MDPriceLevel */
#define TG_ENTRY_LEVEL_BYTES                             2u
#define TG_ENTRY_ENTRY_TYPE_AT                           56u        /* Text: MDEntryType */
#define TG_ENTRY_ENTRY_TYPE_BYTES                        2u
#define TG_ENTRY_PADDING_AT                              58u        /* Zero: zeros */
#define TG_ENTRY_PADDING_BYTES                           38u

/* Queue: two quantities of an order queue */
#define TG_QUEUE_QUANTITY_AT                             24u        /* Qty, 1e-2: the quantities; the second is 0 where Count is 1 */
#define TG_QUEUE_QUANTITY_BYTES                          16u
#define TG_QUEUE_POSITION_AT                             40u        /* U32: position of the first in its queue, from 0 */
#define TG_QUEUE_POSITION_BYTES                          4u
#define TG_QUEUE_COUNT_AT                                44u        /* U8: how many of the two count: 1 or 2 */
#define TG_QUEUE_COUNT_BYTES                             1u
#define TG_QUEUE_PADDING_AT                              45u        /* Zero: zeros */
#define TG_QUEUE_PADDING_BYTES                           51u

/* End: the end of a snapshot */
#define TG_END_AUCTION_VOLUME_AT                         24u        /* Qty, 1e-2: AuctionVolumeTrade of 300211 */
#define TG_END_AUCTION_VOLUME_BYTES                      8u
#define TG_END_AUCTION_VALUE_AT                          32u        /* Amt, 1e-4: AuctionValueTrade of 300211 */
#define TG_END_AUCTION_VALUE_BYTES                       8u
#define TG_END_STOCK_NUM_AT                              40u        /* U32: StockNum of 309111 */
#define TG_END_STOCK_NUM_BYTES                           4u
#define TG_END_PADDING_AT                                44u        /* Zero: zeros */
#define TG_END_PADDING_BYTES                             52u

/* Rooms */
#define TG_ROOM_CAPTURE                                  0u
#define TG_ROOM_TOE                                      1u
#define TG_ROOM_FRAME                                    2u
#define TG_ROOM_DECODE                                   3u
#define TG_ROOM_QUOTE                                    4u
#define TG_ROOM_INDEX                                    5u
#define TG_ROOM_TRIGGER                                  6u
#define TG_ROOM_ORDER                                    7u
#define TG_ROOM_FEEDBACK                                 8u
#define TG_ROOM_PUBLISH                                  9u

/* Faults */
#define TG_FAULT_CAPTURE_DAMAGED                         1u         /* The file is damaged from here on; what came before is kept. */
#define TG_FAULT_CAPTURE_TRUNCATED                       2u         /* A datagram does not hold whole messages to its end: it was cut by the snap length, is an IP fragment, or has a length that cannot be; the rest of it is lost. */
#define TG_FAULT_CAPTURE_LOST                            3u         /* Bytes of the stream were never captured; the range runs from the first byte without a message to the place where messages hold again. */
#define TG_FAULT_TOE_FILLER                              16u        /* The filler of a TOE header is not 0x55; the packet is skipped by its length. */
#define TG_FAULT_TOE_LENGTH                              17u        /* A TOE header announces more bytes than the limit; the link is dead until the end. */
#define TG_FAULT_TOE_SESSION                             18u        /* A TOE header names a session above 127; the packet is skipped by its length. */
#define TG_FAULT_TOE_TRUNCATED                           19u        /* The words end inside a packet. */
#define TG_FAULT_TOE_PREFIX                              20u        /* A packet is shorter than the prefix that each packet must carry. */
#define TG_FAULT_FRAME_CHECKSUM                          32u        /* The trailer is not the sum of header and body. */
#define TG_FAULT_FRAME_LENGTH                            33u        /* BodyLength is over the limit; the session is dead until it is reset. */
#define TG_FAULT_FRAME_TRUNCATED                         34u        /* The stream ends, or is reset, inside a message. */
#define TG_FAULT_DECODE_SHORT                            48u        /* The body is shorter than its type's minimum; skipped by length. */
#define TG_FAULT_DECODE_GROUP                            49u        /* A group does not fit the body; skipped by length. */
#define TG_FAULT_DECODE_HOLD                             50u        /* The known part of the body is longer than the hold; skipped by length. */
#define TG_FAULT_DECODE_TIME                             51u        /* The time stamp does not exist; the pipeline's time stays. */
#define TG_FAULT_QUOTE_PRICE                             64u        /* A trade with a price of 0 or less; not applied. */
#define TG_FAULT_QUOTE_OVERFLOW                          65u        /* A running total of the row would leave 64 bits; the message is not applied. */
#define TG_FAULT_QUOTE_QUEUE                             66u        /* A snapshot discloses more queue quantities than a row holds; the rest is left out. */
#define TG_FAULT_QUOTE_QUANTITY                          67u        /* A trade with a quantity below 0; not applied. */
#define TG_FAULT_INDEX_OVERFLOW                          80u        /* The sum of the index would leave 63 bits; the price is not applied. */
#define TG_FAULT_INDEX_PRICE                             81u        /* A snapshot's last price has digits finer than 1e-4; not applied to the index. */
#define TG_FAULT_INDEX_DIVISOR                           82u        /* New share counts give a sum of 0 or above 63 bits, or the index stands at 0; the counts stay as they were. */
#define TG_FAULT_TRIGGER_PARAMETERS                      96u        /* New parameters break their bounds or do not fit the triggers; the old ones stay. */
#define TG_FAULT_FEEDBACK_CONTRADICTION                  112u       /* A report contradicts the record table; not applied. */
#define TG_FAULT_FEEDBACK_PARTITION                      113u       /* A report of more partitions than are followed; judged without its ReportIndex. */

#endif
