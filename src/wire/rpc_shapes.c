
/*
 * The parameters of CloudFlow's actions, as published (cloudflow-api
 * section 3), in the order of its tables: the first missing one is the one
 * that the error names.  Data only; shape.c reads it.
 */

#include "wire/wire.h"


#define FIELD(text, id, of)                                                   \
    .name = wf_str_init(text), .arg = WF_ARG_##id, .kind = WF_FIELD_##of

#define REQUIRED  .required = true

/* A choice's number is its place: these are wf_status_t, those wf_mode_t. */
#define STATUSES  "Starting|Running|Succeeded|Failed|Stopped|TimedOut"
#define MODES     "Standard|Express"


static const wf_field_t  create_flow[] = {
    { FIELD("Name", FLOW, NAME), REQUIRED },
    { FIELD("Definition", DEFINITION, STRING), REQUIRED },
    { FIELD("Description", DESCRIPTION, STRING), REQUIRED,
      .may_be_empty = true },
    { FIELD("Type", TYPE, ENUM), REQUIRED, .choices = "FDL|DEFAULT" },
    { FIELD("RoleArn", ROLE, STRING) },
    { FIELD("ExternalStorageLocation", STORAGE, STRING) },
    { FIELD("ExecutionMode", MODE, ENUM), .choices = MODES },
    { FIELD("Environment", ENVIRONMENT, ENVIRONMENT) },
    { FIELD("ResourceGroupId", GROUP, STRING) },
};

static const wf_field_t  update_flow[] = {
    { FIELD("Name", FLOW, STRING), REQUIRED },
    { FIELD("Definition", DEFINITION, STRING) },
    { FIELD("Description", DESCRIPTION, STRING) },
    { FIELD("Type", TYPE, ENUM), .choices = "FDL|DEFAULT" },
    { FIELD("RoleArn", ROLE, STRING) },
    { FIELD("Environment", ENVIRONMENT, ENVIRONMENT) },
};

static const wf_field_t  delete_flow[] = {
    { FIELD("Name", FLOW, STRING), REQUIRED },
};

static const wf_field_t  describe_flow[] = {
    { FIELD("Name", FLOW, STRING), REQUIRED },
    { FIELD("FlowVersion", VERSION, STRING) },
};

static const wf_field_t  list_flows[] = {
    { FIELD("Limit", LIMIT, INTEGER), .min = 1, .max = WF_LIST_LIMIT_MAX },
    { FIELD("NextToken", NEXT_TOKEN, STRING) },
    { FIELD("ResourceGroupId", GROUP, STRING) },
};

static const wf_field_t  start_execution[] = {
    { FIELD("FlowName", FLOW, STRING), REQUIRED },
    { FIELD("ExecutionName", EXECUTION, NAME) },
    { FIELD("Input", INPUT, JSON_OBJECT), .max = WF_DATA_BYTES_CFL },
    { FIELD("CallbackFnFTaskToken", CALLBACK_TOKEN, STRING) },
    { FIELD("Qualifier", QUALIFIER, STRING) },
};

static const wf_field_t  start_sync_execution[] = {
    { FIELD("FlowName", FLOW, STRING), REQUIRED },
    { FIELD("ExecutionName", EXECUTION, NAME) },
    { FIELD("Input", INPUT, JSON_OBJECT), .max = WF_DATA_BYTES_CFL },
    { FIELD("Qualifier", QUALIFIER, STRING) },
};

static const wf_field_t  stop_execution[] = {
    { FIELD("FlowName", FLOW, STRING), REQUIRED },
    { FIELD("ExecutionName", EXECUTION, STRING), REQUIRED },
    { FIELD("Error", ERROR, STRING), .min = 1, .max = WF_ERROR_NAME_LEN_MAX },
    { FIELD("Cause", CAUSE, STRING), .min = 1, .max = WF_CAUSE_LEN_MAX },
};

static const wf_field_t  describe_execution[] = {
    { FIELD("FlowName", FLOW, STRING), REQUIRED },
    { FIELD("ExecutionName", EXECUTION, STRING), REQUIRED },
    { FIELD("WaitTimeSeconds", WAIT_SECONDS, INTEGER), .min = 0,
      .max = WF_WAIT_SECONDS_MAX },
};

static const wf_field_t  list_executions[] = {
    { FIELD("FlowName", FLOW, STRING), REQUIRED },
    { FIELD("Status", STATUS, ENUM), .choices = STATUSES },
    { FIELD("ExecutionNamePrefix", NAME_PREFIX, STRING) },
    { FIELD("StartedTimeBegin", STARTED_BEGIN, TIME) },
    { FIELD("StartedTimeEnd", STARTED_END, TIME) },
    { FIELD("Qualifier", QUALIFIER, STRING) },
    { FIELD("MapRunName", MAP_RUN, STRING) },
    { FIELD("MetadataOnly", METADATA_ONLY, BOOLEAN) },
    { FIELD("Limit", LIMIT, INTEGER), .min = 1,
      .max = WF_EXECUTIONS_LIMIT_MAX },
    { FIELD("NextToken", NEXT_TOKEN, STRING) },
};

static const wf_field_t  get_execution_history[] = {
    { FIELD("FlowName", FLOW, STRING), REQUIRED },
    { FIELD("ExecutionName", EXECUTION, STRING), REQUIRED },
    { FIELD("Limit", LIMIT, INTEGER), .min = 1, .max = WF_LIST_LIMIT_MAX },
    { FIELD("NextToken", NEXT_TOKEN, INTEGER) },
};

static const wf_field_t  report_task_succeeded[] = {
    { FIELD("TaskToken", TASK_TOKEN, STRING), REQUIRED },
    { FIELD("Output", OUTPUT, JSON), REQUIRED },
};

static const wf_field_t  report_task_failed[] = {
    { FIELD("TaskToken", TASK_TOKEN, STRING), REQUIRED },
    { FIELD("Error", ERROR, STRING), REQUIRED, .min = 1,
      .max = WF_ERROR_NAME_LEN_MAX },
    { FIELD("Cause", CAUSE, STRING), .min = 1, .max = WF_CAUSE_LEN_MAX },
};

static const wf_field_t  describe_map_run[] = {
    { FIELD("FlowName", FLOW, STRING), REQUIRED },
    { FIELD("ExecutionName", EXECUTION, STRING), REQUIRED },
    { FIELD("MapRunName", MAP_RUN, STRING), REQUIRED },
};

static const wf_field_t  update_map_run[] = {
    { FIELD("FlowName", FLOW, STRING), REQUIRED },
    { FIELD("ExecutionName", EXECUTION, STRING), REQUIRED },
    { FIELD("MapRunName", MAP_RUN, STRING), REQUIRED },
    { FIELD("Concurrency", CONCURRENCY, INTEGER), .min = 1,
      .max = WF_CONCURRENCY_RUN_MAX },
    { FIELD("ToleratedFailedCount", TOLERATED_COUNT, INTEGER), .min = 0,
      .max = INT32_MAX },
    { FIELD("ToleratedFailedPercentage", TOLERATED_PERCENT, NUMBER), .min = 0,
      .max = 100 },
};

static const wf_field_t  publish_flow_version[] = {
    { FIELD("FlowName", FLOW, STRING), REQUIRED },
    { FIELD("Description", DESCRIPTION, STRING) },
};

static const wf_field_t  delete_flow_version[] = {
    { FIELD("FlowName", FLOW, STRING), REQUIRED },
    { FIELD("FlowVersion", VERSION, STRING), REQUIRED },
};

static const wf_field_t  list_flow_versions[] = {
    { FIELD("FlowName", FLOW, STRING), REQUIRED },
    { FIELD("Limit", LIMIT, INTEGER), .min = 1, .max = WF_LIST_LIMIT_MAX },
    { FIELD("NextToken", NEXT_TOKEN, INTEGER) },
};

static const wf_field_t  create_flow_alias[] = {
    { FIELD("FlowName", FLOW, STRING), REQUIRED },
    { FIELD("Name", ALIAS, NAME), REQUIRED },
    { FIELD("Description", DESCRIPTION, STRING) },
    { FIELD("RoutingConfigurations", ROUTES, ROUTES), REQUIRED },
};

static const wf_field_t  update_flow_alias[] = {
    { FIELD("FlowName", FLOW, STRING), REQUIRED },
    { FIELD("Name", ALIAS, STRING), REQUIRED },
    { FIELD("Description", DESCRIPTION, STRING) },
    { FIELD("RoutingConfigurations", ROUTES, ROUTES) },
};

/* DeleteFlowAlias, too. */
static const wf_field_t  describe_flow_alias[] = {
    { FIELD("FlowName", FLOW, STRING), REQUIRED },
    { FIELD("Name", ALIAS, STRING), REQUIRED },
};

static const wf_field_t  list_flow_aliases[] = {
    { FIELD("FlowName", FLOW, STRING), REQUIRED },
    { FIELD("Limit", LIMIT, INTEGER), .min = 1, .max = WF_LIST_LIMIT_MAX },
    { FIELD("NextToken", NEXT_TOKEN, STRING) },
};

static const wf_field_t  describe_regions[] = {
    { FIELD("AcceptLanguage", LANGUAGE, ENUM), .choices = "zh-CN|en-US" },
};

static const wf_field_t  create_schedule[] = {
    { FIELD("FlowName", FLOW, STRING), REQUIRED },
    { FIELD("ScheduleName", SCHEDULE, NAME), REQUIRED },
    { FIELD("CronExpression", CRON, STRING), REQUIRED },
    { FIELD("Description", DESCRIPTION, STRING) },
    { FIELD("Payload", PAYLOAD, JSON_OBJECT), .max = WF_DATA_BYTES_CFL },
    { FIELD("Enable", ENABLE, BOOLEAN) },
};

static const wf_field_t  update_schedule[] = {
    { FIELD("FlowName", FLOW, STRING), REQUIRED },
    { FIELD("ScheduleName", SCHEDULE, STRING), REQUIRED },
    { FIELD("CronExpression", CRON, STRING) },
    { FIELD("Description", DESCRIPTION, STRING) },
    { FIELD("Payload", PAYLOAD, JSON_OBJECT), .max = WF_DATA_BYTES_CFL },
    { FIELD("Enable", ENABLE, BOOLEAN) },
};

/* DeleteSchedule, too. */
static const wf_field_t  describe_schedule[] = {
    { FIELD("FlowName", FLOW, STRING), REQUIRED },
    { FIELD("ScheduleName", SCHEDULE, STRING), REQUIRED },
};

static const wf_field_t  list_schedules[] = {
    { FIELD("FlowName", FLOW, STRING), REQUIRED },
    { FIELD("Limit", LIMIT, INTEGER), .min = 1, .max = WF_LIST_LIMIT_MAX },
    { FIELD("NextToken", NEXT_TOKEN, STRING) },
};


typedef struct {
    wf_str_t    action;
    wf_shape_t  shape;
} row_t;

#define SHAPE(text, of)  { wf_str_init(text), { of, wf_countof(of) } }

static const row_t  rows[] = {
    SHAPE("CreateFlow", create_flow),
    SHAPE("UpdateFlow", update_flow),
    SHAPE("DeleteFlow", delete_flow),
    SHAPE("DescribeFlow", describe_flow),
    SHAPE("ListFlows", list_flows),
    SHAPE("StartExecution", start_execution),
    SHAPE("StartSyncExecution", start_sync_execution),
    SHAPE("StopExecution", stop_execution),
    SHAPE("DescribeExecution", describe_execution),
    SHAPE("ListExecutions", list_executions),
    SHAPE("GetExecutionHistory", get_execution_history),
    SHAPE("ReportTaskSucceeded", report_task_succeeded),
    SHAPE("ReportTaskFailed", report_task_failed),
    SHAPE("DescribeMapRun", describe_map_run),
    SHAPE("UpdateMapRun", update_map_run),
    SHAPE("DescribeRegions", describe_regions),
    SHAPE("PublishFlowVersion", publish_flow_version),
    SHAPE("DeleteFlowVersion", delete_flow_version),
    SHAPE("ListFlowVersions", list_flow_versions),
    SHAPE("CreateFlowAlias", create_flow_alias),
    SHAPE("UpdateFlowAlias", update_flow_alias),
    SHAPE("DescribeFlowAlias", describe_flow_alias),
    SHAPE("ListFlowAliases", list_flow_aliases),
    SHAPE("DeleteFlowAlias", describe_flow_alias),
    SHAPE("CreateSchedule", create_schedule),
    SHAPE("UpdateSchedule", update_schedule),
    SHAPE("DeleteSchedule", describe_schedule),
    SHAPE("DescribeSchedule", describe_schedule),
    SHAPE("ListSchedules", list_schedules),
};


const wf_shape_t *
wf_rpc_shape(wf_str_t action)
{
    size_t  i;

    for (i = 0; i < wf_countof(rows); i++) {

        if (wf_str_eq(rows[i].action, action)) {
            return &rows[i].shape;
        }
    }

    return NULL;
}
