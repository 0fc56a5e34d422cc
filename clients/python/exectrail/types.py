"""Shapes of requests and replies."""

# Written by tools/python-client.ts from the OpenAPI document. Do not edit.

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

HealthReply = TypedDict(
    "HealthReply",
    {
        "status": "Literal['ok']",
    },
)

RunCodeLimits = TypedDict(
    "RunCodeLimits",
    {
        "timeoutMs": "NotRequired[int]",
        "cpuMs": "NotRequired[int]",
        "memoryMb": "NotRequired[int]",
        "pids": "NotRequired[int]",
        "outputBytes": "NotRequired[int]",
        "outputPolicy": "NotRequired[Literal['truncate', 'kill']]",
        "diskBytes": "NotRequired[int]",
        "openFiles": "NotRequired[int]",
    },
)

RunCodeContext = TypedDict(
    "RunCodeContext",
    {
        "organizationId": "NotRequired[str]",
        "workspaceId": "NotRequired[str]",
        "userId": "NotRequired[str]",
        "codeAgentId": "NotRequired[str]",
        "codeAgentVersion": "NotRequired[str]",
        "workflowExecutionId": "NotRequired[str]",
        "nodeId": "NotRequired[str]",
        "toolCallId": "NotRequired[str]",
        "conversationId": "NotRequired[str]",
        "toolName": "NotRequired[str]",
    },
)

RunCodeFilesItem = TypedDict(
    "RunCodeFilesItem",
    {
        "path": "str",
        "content": "str",
        "encoding": "NotRequired[Literal['utf8', 'base64']]",
    },
)

RunCodeNetwork1 = TypedDict(
    "RunCodeNetwork1",
    {
        "allow": "list[str]",
    },
)

RunCodePolicy = TypedDict(
    "RunCodePolicy",
    {
        "denyModules": "NotRequired[list[str]]",
        "denyPatterns": "NotRequired[list[str]]",
    },
)

RunCodeUsage = TypedDict(
    "RunCodeUsage",
    {
        "inputTokens": "NotRequired[int]",
        "outputTokens": "NotRequired[int]",
        "model": "NotRequired[str]",
    },
)

ReplayExecutionLimits = TypedDict(
    "ReplayExecutionLimits",
    {
        "timeoutMs": "NotRequired[int]",
        "cpuMs": "NotRequired[int]",
        "memoryMb": "NotRequired[int]",
        "pids": "NotRequired[int]",
        "outputBytes": "NotRequired[int]",
        "outputPolicy": "NotRequired[Literal['truncate', 'kill']]",
        "diskBytes": "NotRequired[int]",
        "openFiles": "NotRequired[int]",
    },
)

ReplayExecutionFilesItem = TypedDict(
    "ReplayExecutionFilesItem",
    {
        "path": "str",
        "content": "str",
        "encoding": "NotRequired[Literal['utf8', 'base64']]",
    },
)

ReplayExecutionNetwork1 = TypedDict(
    "ReplayExecutionNetwork1",
    {
        "allow": "list[str]",
    },
)

ReplayExecutionContext = TypedDict(
    "ReplayExecutionContext",
    {
        "organizationId": "NotRequired[str]",
        "workspaceId": "NotRequired[str]",
        "userId": "NotRequired[str]",
        "codeAgentId": "NotRequired[str]",
        "codeAgentVersion": "NotRequired[str]",
        "workflowExecutionId": "NotRequired[str]",
        "nodeId": "NotRequired[str]",
        "toolCallId": "NotRequired[str]",
        "conversationId": "NotRequired[str]",
        "toolName": "NotRequired[str]",
    },
)

ListRuntimesReply = TypedDict(
    "ListRuntimesReply",
    {
        "data": "list[Runtime]",
    },
)

ListKeysReply = TypedDict(
    "ListKeysReply",
    {
        "data": "list[Key]",
    },
)

ListAuditReply = TypedDict(
    "ListAuditReply",
    {
        "data": "list[AuditEntry]",
        "nextCursor": "str | None",
    },
)

Problem = TypedDict(
    "Problem",
    {
        "type": "str",
        "title": "str",
        "status": "int",
        "detail": "str",
        "instance": "str",
        "code": "str",
        "hint": "NotRequired[str]",
        "requestId": "str",
        "errors": "NotRequired[list[ProblemErrorsItem]]",
    },
)

ProblemErrorsItem = TypedDict(
    "ProblemErrorsItem",
    {
        "path": "str",
        "message": "str",
    },
)

Readiness = TypedDict(
    "Readiness",
    {
        "ready": "bool",
        "checks": "list[ReadinessChecksItem]",
    },
)

ReadinessChecksItem = TypedDict(
    "ReadinessChecksItem",
    {
        "name": "str",
        "ready": "bool",
        "detail": "str",
    },
)

ExecutionPage = TypedDict(
    "ExecutionPage",
    {
        "data": "list[ExecutionPageDataItem]",
        "nextCursor": "str | None",
        "window": "Window",
    },
)

ExecutionPageDataItem = TypedDict(
    "ExecutionPageDataItem",
    {
        "executionId": "NotRequired[str]",
        "organizationId": "NotRequired[str]",
        "workspaceId": "NotRequired[str | None]",
        "userId": "NotRequired[str | None]",
        "codeAgentId": "NotRequired[str | None]",
        "codeAgentVersion": "NotRequired[str | None]",
        "workflowExecutionId": "NotRequired[str | None]",
        "nodeId": "NotRequired[str | None]",
        "attempt": "NotRequired[int]",
        "runtime": "NotRequired[Literal['vm2', 'subprocess', 'wasmedge', 'e2b', 'bacalhau']]",
        "language": "NotRequired[Literal['javascript', 'typescript', 'python', 'bash']]",
        "isolation": "NotRequired[Literal['none', 'process', 'namespace', 'wasm', 'microvm', 'container']]",
        "outcome": "NotRequired[Literal['success', 'failure', 'timeout', 'limit', 'cancelled', 'error']]",
        "success": "NotRequired[bool]",
        "exitCode": "NotRequired[int | None]",
        "signal": "NotRequired[str | None]",
        "errorType": "NotRequired[Literal['exception', 'exit_code', 'syntax_error', 'validation_input', 'validation_output', 'policy', 'timeout', 'memory_limit', 'cpu_limit', 'pids_limit', 'output_limit', 'disk_limit', 'cancelled', 'runtime_unavailable', 'runtime_error', 'executor_crashed'] | None]",
        "errorMessage": "NotRequired[str | None]",
        "errorStack": "NotRequired[str | None]",
        "hint": "NotRequired[str | None]",
        "errorFingerprint": "NotRequired[str | None]",
        "validationPassed": "NotRequired[bool | None]",
        "durationMs": "NotRequired[float]",
        "queueMs": "NotRequired[float]",
        "startupMs": "NotRequired[float]",
        "cpuMs": "NotRequired[float | None]",
        "memoryPeakBytes": "NotRequired[int | None]",
        "memorySource": "NotRequired[Literal['cgroup', 'rusage', 'engine', 'provider'] | None]",
        "limitTimeoutMs": "NotRequired[int]",
        "limitMemoryBytes": "NotRequired[int | None]",
        "tokensUsed": "NotRequired[int | None]",
        "inputTokens": "NotRequired[int | None]",
        "outputTokens": "NotRequired[int | None]",
        "model": "NotRequired[str | None]",
        "costRunNanoUsd": "NotRequired[int | None]",
        "costAllocatedNanoUsd": "NotRequired[int | None]",
        "costTokensNanoUsd": "NotRequired[int | None]",
        "priceId": "NotRequired[str | None]",
        "codeSha256": "NotRequired[str]",
        "codeBytes": "NotRequired[int]",
        "code": "NotRequired[str | None]",
        "input": "NotRequired[Any]",
        "request": "NotRequired[Any]",
        "requestLoss": "NotRequired[str | None]",
        "stdout": "NotRequired[str]",
        "stderr": "NotRequired[str]",
        "stdoutBytes": "NotRequired[int]",
        "stderrBytes": "NotRequired[int]",
        "outputTruncated": "NotRequired[bool]",
        "result": "NotRequired[Any]",
        "outFilesDropped": "NotRequired[int | None]",
        "sandboxId": "NotRequired[str | None]",
        "sandboxAgeMs": "NotRequired[float | None]",
        "toolCallId": "NotRequired[str | None]",
        "conversationId": "NotRequired[str | None]",
        "replayOf": "NotRequired[str | None]",
        "startedAt": "NotRequired[str]",
        "timestamp": "NotRequired[str]",
        "executorId": "NotRequired[str]",
        "traceId": "NotRequired[str]",
        "spanId": "NotRequired[str]",
    },
)

Window = TypedDict(
    "Window",
    {
        "from": "str",
        "to": "str",
    },
)

ExecutionResult = TypedDict(
    "ExecutionResult",
    {
        "executionId": "str",
        "organizationId": "str",
        "workspaceId": "str | None",
        "userId": "str | None",
        "codeAgentId": "str | None",
        "codeAgentVersion": "str | None",
        "workflowExecutionId": "str | None",
        "nodeId": "str | None",
        "attempt": "int",
        "runtime": "Literal['vm2', 'subprocess', 'wasmedge', 'e2b', 'bacalhau']",
        "language": "Literal['javascript', 'typescript', 'python', 'bash']",
        "isolation": "Literal['none', 'process', 'namespace', 'wasm', 'microvm', 'container']",
        "outcome": "Literal['success', 'failure', 'timeout', 'limit', 'cancelled', 'error']",
        "success": "bool",
        "exitCode": "int | None",
        "signal": "str | None",
        "errorType": "Literal['exception', 'exit_code', 'syntax_error', 'validation_input', 'validation_output', 'policy', 'timeout', 'memory_limit', 'cpu_limit', 'pids_limit', 'output_limit', 'disk_limit', 'cancelled', 'runtime_unavailable', 'runtime_error', 'executor_crashed'] | None",
        "errorMessage": "str | None",
        "errorStack": "str | None",
        "hint": "str | None",
        "errorFingerprint": "str | None",
        "validationPassed": "bool | None",
        "durationMs": "float",
        "queueMs": "float",
        "startupMs": "float",
        "cpuMs": "float | None",
        "memoryPeakBytes": "int | None",
        "memorySource": "Literal['cgroup', 'rusage', 'engine', 'provider'] | None",
        "limitTimeoutMs": "int",
        "limitMemoryBytes": "int | None",
        "tokensUsed": "int | None",
        "inputTokens": "int | None",
        "outputTokens": "int | None",
        "model": "str | None",
        "costRunNanoUsd": "int | None",
        "costAllocatedNanoUsd": "int | None",
        "costTokensNanoUsd": "int | None",
        "priceId": "str | None",
        "codeSha256": "str",
        "codeBytes": "int",
        "code": "str | None",
        "input": "Any",
        "request": "Any",
        "requestLoss": "str | None",
        "stdout": "str",
        "stderr": "str",
        "stdoutBytes": "int",
        "stderrBytes": "int",
        "outputTruncated": "bool",
        "result": "Any",
        "outFilesDropped": "int | None",
        "sandboxId": "str | None",
        "sandboxAgeMs": "float | None",
        "toolCallId": "str | None",
        "conversationId": "str | None",
        "replayOf": "str | None",
        "startedAt": "str",
        "timestamp": "str",
        "executorId": "str",
        "traceId": "str",
        "spanId": "str",
        "files": "list[ExecutionResultFilesItem]",
    },
)

ExecutionResultFilesItem = TypedDict(
    "ExecutionResultFilesItem",
    {
        "path": "str",
        "content": "str",
        "encoding": "NotRequired[Literal['utf8', 'base64']]",
    },
)

RunningExecution = TypedDict(
    "RunningExecution",
    {
        "executionId": "str",
        "organizationId": "str",
        "workspaceId": "str | None",
        "userId": "str | None",
        "codeAgentId": "str | None",
        "codeAgentVersion": "str | None",
        "workflowExecutionId": "str | None",
        "nodeId": "str | None",
        "runtime": "Literal['vm2', 'subprocess', 'wasmedge', 'e2b', 'bacalhau']",
        "language": "Literal['javascript', 'typescript', 'python', 'bash']",
        "limitTimeoutMs": "int",
        "startedAt": "str",
        "executorId": "str",
        "phase": "Literal['queued', 'starting', 'running'] | None",
        "queuePosition": "int | None",
        "elapsedMs": "float",
        "cancelRequested": "bool",
    },
)

Execution = TypedDict(
    "Execution",
    {
        "executionId": "str",
        "organizationId": "str",
        "workspaceId": "str | None",
        "userId": "str | None",
        "codeAgentId": "str | None",
        "codeAgentVersion": "str | None",
        "workflowExecutionId": "str | None",
        "nodeId": "str | None",
        "attempt": "int",
        "runtime": "Literal['vm2', 'subprocess', 'wasmedge', 'e2b', 'bacalhau']",
        "language": "Literal['javascript', 'typescript', 'python', 'bash']",
        "isolation": "Literal['none', 'process', 'namespace', 'wasm', 'microvm', 'container']",
        "outcome": "Literal['success', 'failure', 'timeout', 'limit', 'cancelled', 'error']",
        "success": "bool",
        "exitCode": "int | None",
        "signal": "str | None",
        "errorType": "Literal['exception', 'exit_code', 'syntax_error', 'validation_input', 'validation_output', 'policy', 'timeout', 'memory_limit', 'cpu_limit', 'pids_limit', 'output_limit', 'disk_limit', 'cancelled', 'runtime_unavailable', 'runtime_error', 'executor_crashed'] | None",
        "errorMessage": "str | None",
        "errorStack": "str | None",
        "hint": "str | None",
        "errorFingerprint": "str | None",
        "validationPassed": "bool | None",
        "durationMs": "float",
        "queueMs": "float",
        "startupMs": "float",
        "cpuMs": "float | None",
        "memoryPeakBytes": "int | None",
        "memorySource": "Literal['cgroup', 'rusage', 'engine', 'provider'] | None",
        "limitTimeoutMs": "int",
        "limitMemoryBytes": "int | None",
        "tokensUsed": "int | None",
        "inputTokens": "int | None",
        "outputTokens": "int | None",
        "model": "str | None",
        "costRunNanoUsd": "int | None",
        "costAllocatedNanoUsd": "int | None",
        "costTokensNanoUsd": "int | None",
        "priceId": "str | None",
        "codeSha256": "str",
        "codeBytes": "int",
        "code": "str | None",
        "input": "Any",
        "request": "Any",
        "requestLoss": "str | None",
        "stdout": "str",
        "stderr": "str",
        "stdoutBytes": "int",
        "stderrBytes": "int",
        "outputTruncated": "bool",
        "result": "Any",
        "outFilesDropped": "int | None",
        "sandboxId": "str | None",
        "sandboxAgeMs": "float | None",
        "toolCallId": "str | None",
        "conversationId": "str | None",
        "replayOf": "str | None",
        "startedAt": "str",
        "timestamp": "str",
        "executorId": "str",
        "traceId": "str",
        "spanId": "str",
    },
)

Cancellation = TypedDict(
    "Cancellation",
    {
        "executionId": "str",
        "status": "Literal['cancelling', 'cancelled']",
    },
)

Differences = TypedDict(
    "Differences",
    {
        "a": "DifferencesA",
        "b": "DifferencesB",
        "fields": "list[DifferencesFieldsItem]",
    },
)

DifferencesA = TypedDict(
    "DifferencesA",
    {
        "window": "Window",
        "count": "int",
    },
)

DifferencesB = TypedDict(
    "DifferencesB",
    {
        "window": "Window",
        "count": "int",
    },
)

DifferencesFieldsItem = TypedDict(
    "DifferencesFieldsItem",
    {
        "field": "str",
        "difference": "float",
        "significant": "bool",
        "values": "list[DifferencesFieldsItemValuesItem]",
    },
)

DifferencesFieldsItemValuesItem = TypedDict(
    "DifferencesFieldsItemValuesItem",
    {
        "value": "str | None",
        "countA": "int",
        "countB": "int",
        "shareA": "float",
        "shareB": "float",
        "difference": "float",
    },
)

Errors = TypedDict(
    "Errors",
    {
        "window": "Window",
        "data": "list[ErrorGroup]",
    },
)

ErrorGroup = TypedDict(
    "ErrorGroup",
    {
        "fingerprint": "str",
        "state": "Literal['open', 'regressed', 'resolved', 'ignored']",
        "assignee": "str | None",
        "stateSince": "str | None",
        "errorType": "str",
        "message": "str",
        "count": "int",
        "firstSeen": "str",
        "lastSeen": "str",
        "isNew": "bool",
        "agents": "ErrorGroupAgents",
        "versions": "ErrorGroupVersions",
        "runtimes": "ErrorGroupRuntimes",
        "userCount": "int",
        "organizations": "list[str]",
        "trend": "list[int]",
        "executionIds": "list[str]",
    },
)

ErrorGroupAgents = TypedDict(
    "ErrorGroupAgents",
    {
        "count": "int",
        "top": "list[str]",
    },
)

ErrorGroupVersions = TypedDict(
    "ErrorGroupVersions",
    {
        "count": "int",
        "top": "list[str]",
    },
)

ErrorGroupRuntimes = TypedDict(
    "ErrorGroupRuntimes",
    {
        "count": "int",
        "top": "list[str]",
    },
)

ErrorDecision = TypedDict(
    "ErrorDecision",
    {
        "organizationId": "str",
        "workspaceId": "str | None",
        "fingerprint": "str",
        "state": "Literal['open', 'resolved', 'ignored']",
        "assignee": "str | None",
        "stateSince": "str",
        "changedBy": "str",
    },
)

Facets = TypedDict(
    "Facets",
    {
        "window": "Window",
        "facets": "list[FacetsFacetsItem]",
    },
)

FacetsFacetsItem = TypedDict(
    "FacetsFacetsItem",
    {
        "field": "str",
        "values": "list[FacetsFacetsItemValuesItem]",
        "distinct": "int",
        "otherCount": "int",
    },
)

FacetsFacetsItemValuesItem = TypedDict(
    "FacetsFacetsItemValuesItem",
    {
        "value": "str | None",
        "count": "int",
    },
)

HealthReport = TypedDict(
    "HealthReport",
    {
        "verdict": "Literal['broken', 'degraded', 'watch', 'healthy', 'quiet']",
        "summary": "str",
        "findings": "list[HealthReportFindingsItem]",
        "window": "Window",
        "baseline": "Window",
        "total": "HealthReportTotal",
        "agentCount": "int",
        "worseAgents": "list[HealthReportWorseAgentsItem]",
        "slowestAgents": "list[HealthReportSlowestAgentsItem]",
        "newErrors": "list[ErrorGroup]",
        "pipeline": "Readiness",
    },
)

HealthReportFindingsItem = TypedDict(
    "HealthReportFindingsItem",
    {
        "severity": "Literal['bad', 'warning', 'good', 'unknown']",
        "text": "str",
    },
)

HealthReportTotal = TypedDict(
    "HealthReportTotal",
    {
        "agentId": "str | None",
        "now": "HealthReportTotalNow",
        "before": "HealthReportTotalBefore",
        "successRateDifference": "HealthReportTotalSuccessRateDifference | None",
        "durationRatio": "HealthReportTotalDurationRatio | None",
    },
)

HealthReportTotalNow = TypedDict(
    "HealthReportTotalNow",
    {
        "count": "int",
        "successCount": "int",
        "durationP50Ms": "float | None",
        "durationP95Ms": "float | None",
        "duration": "HealthReportTotalNowDuration",
    },
)

HealthReportTotalNowDuration = TypedDict(
    "HealthReportTotalNowDuration",
    {
        "count": "int",
        "mean": "float | None",
        "variance": "float | None",
    },
)

HealthReportTotalBefore = TypedDict(
    "HealthReportTotalBefore",
    {
        "count": "int",
        "successCount": "int",
        "durationP50Ms": "float | None",
        "durationP95Ms": "float | None",
        "duration": "HealthReportTotalBeforeDuration",
    },
)

HealthReportTotalBeforeDuration = TypedDict(
    "HealthReportTotalBeforeDuration",
    {
        "count": "int",
        "mean": "float | None",
        "variance": "float | None",
    },
)

HealthReportTotalSuccessRateDifference = TypedDict(
    "HealthReportTotalSuccessRateDifference",
    {
        "estimate": "float",
        "low": "float",
        "high": "float",
        "significant": "bool",
    },
)

HealthReportTotalDurationRatio = TypedDict(
    "HealthReportTotalDurationRatio",
    {
        "estimate": "float",
        "low": "float",
        "high": "float",
        "significant": "bool",
    },
)

HealthReportWorseAgentsItem = TypedDict(
    "HealthReportWorseAgentsItem",
    {
        "agentId": "str | None",
        "now": "HealthReportWorseAgentsItemNow",
        "before": "HealthReportWorseAgentsItemBefore",
        "successRateDifference": "HealthReportWorseAgentsItemSuccessRateDifference | None",
        "durationRatio": "HealthReportWorseAgentsItemDurationRatio | None",
        "reasons": "list[str]",
        "errors": "list[ErrorGroup]",
        "differences": "list[HealthReportWorseAgentsItemDifferencesItem]",
    },
)

HealthReportWorseAgentsItemNow = TypedDict(
    "HealthReportWorseAgentsItemNow",
    {
        "count": "int",
        "successCount": "int",
        "durationP50Ms": "float | None",
        "durationP95Ms": "float | None",
        "duration": "HealthReportWorseAgentsItemNowDuration",
    },
)

HealthReportWorseAgentsItemNowDuration = TypedDict(
    "HealthReportWorseAgentsItemNowDuration",
    {
        "count": "int",
        "mean": "float | None",
        "variance": "float | None",
    },
)

HealthReportWorseAgentsItemBefore = TypedDict(
    "HealthReportWorseAgentsItemBefore",
    {
        "count": "int",
        "successCount": "int",
        "durationP50Ms": "float | None",
        "durationP95Ms": "float | None",
        "duration": "HealthReportWorseAgentsItemBeforeDuration",
    },
)

HealthReportWorseAgentsItemBeforeDuration = TypedDict(
    "HealthReportWorseAgentsItemBeforeDuration",
    {
        "count": "int",
        "mean": "float | None",
        "variance": "float | None",
    },
)

HealthReportWorseAgentsItemSuccessRateDifference = TypedDict(
    "HealthReportWorseAgentsItemSuccessRateDifference",
    {
        "estimate": "float",
        "low": "float",
        "high": "float",
        "significant": "bool",
    },
)

HealthReportWorseAgentsItemDurationRatio = TypedDict(
    "HealthReportWorseAgentsItemDurationRatio",
    {
        "estimate": "float",
        "low": "float",
        "high": "float",
        "significant": "bool",
    },
)

HealthReportWorseAgentsItemDifferencesItem = TypedDict(
    "HealthReportWorseAgentsItemDifferencesItem",
    {
        "field": "str",
        "difference": "float",
        "significant": "bool",
        "values": "list[HealthReportWorseAgentsItemDifferencesItemValuesItem]",
    },
)

HealthReportWorseAgentsItemDifferencesItemValuesItem = TypedDict(
    "HealthReportWorseAgentsItemDifferencesItemValuesItem",
    {
        "value": "str | None",
        "countA": "int",
        "countB": "int",
        "shareA": "float",
        "shareB": "float",
        "difference": "float",
    },
)

HealthReportSlowestAgentsItem = TypedDict(
    "HealthReportSlowestAgentsItem",
    {
        "agentId": "str | None",
        "now": "HealthReportSlowestAgentsItemNow",
        "before": "HealthReportSlowestAgentsItemBefore",
        "successRateDifference": "HealthReportSlowestAgentsItemSuccessRateDifference | None",
        "durationRatio": "HealthReportSlowestAgentsItemDurationRatio | None",
    },
)

HealthReportSlowestAgentsItemNow = TypedDict(
    "HealthReportSlowestAgentsItemNow",
    {
        "count": "int",
        "successCount": "int",
        "durationP50Ms": "float | None",
        "durationP95Ms": "float | None",
        "duration": "HealthReportSlowestAgentsItemNowDuration",
    },
)

HealthReportSlowestAgentsItemNowDuration = TypedDict(
    "HealthReportSlowestAgentsItemNowDuration",
    {
        "count": "int",
        "mean": "float | None",
        "variance": "float | None",
    },
)

HealthReportSlowestAgentsItemBefore = TypedDict(
    "HealthReportSlowestAgentsItemBefore",
    {
        "count": "int",
        "successCount": "int",
        "durationP50Ms": "float | None",
        "durationP95Ms": "float | None",
        "duration": "HealthReportSlowestAgentsItemBeforeDuration",
    },
)

HealthReportSlowestAgentsItemBeforeDuration = TypedDict(
    "HealthReportSlowestAgentsItemBeforeDuration",
    {
        "count": "int",
        "mean": "float | None",
        "variance": "float | None",
    },
)

HealthReportSlowestAgentsItemSuccessRateDifference = TypedDict(
    "HealthReportSlowestAgentsItemSuccessRateDifference",
    {
        "estimate": "float",
        "low": "float",
        "high": "float",
        "significant": "bool",
    },
)

HealthReportSlowestAgentsItemDurationRatio = TypedDict(
    "HealthReportSlowestAgentsItemDurationRatio",
    {
        "estimate": "float",
        "low": "float",
        "high": "float",
        "significant": "bool",
    },
)

Running = TypedDict(
    "Running",
    {
        "data": "list[RunningExecution]",
        "counts": "RunningCounts",
        "truncated": "bool",
    },
)

RunningCounts = TypedDict(
    "RunningCounts",
    {
        "queued": "int",
        "starting": "int",
        "running": "int",
        "elsewhere": "int",
    },
)

Stats = TypedDict(
    "Stats",
    {
        "window": "Window",
        "total": "Figures",
        "groups": "list[StatsGroup]",
        "other": "Figures | None",
        "previous": "NotRequired[StatsPrevious]",
        "change": "NotRequired[Change]",
    },
)

StatsPrevious = TypedDict(
    "StatsPrevious",
    {
        "window": "Window",
        "total": "Figures",
        "groups": "list[StatsGroup]",
        "other": "Figures | None",
    },
)

Figures = TypedDict(
    "Figures",
    {
        "count": "int",
        "successCount": "int",
        "successRate": "float | None",
        "ratePerSecond": "float",
        "validationCount": "int",
        "validationPassRate": "float | None",
        "durationMs": "Distribution",
        "queueMs": "Distribution",
        "startupMs": "Distribution",
        "memoryPeakBytes": "Distribution",
        "tokensUsed": "Total",
        "inputTokens": "Total",
        "outputTokens": "Total",
        "costRunNanoUsd": "float | None",
        "costAllocatedNanoUsd": "float | None",
        "costTokensNanoUsd": "float | None",
    },
)

Distribution = TypedDict(
    "Distribution",
    {
        "count": "int",
        "avg": "float | None",
        "p50": "float | None",
        "p75": "float | None",
        "p90": "float | None",
        "p95": "float | None",
        "p99": "float | None",
        "max": "float | None",
    },
)

Total = TypedDict(
    "Total",
    {
        "count": "int",
        "sum": "float | None",
        "avg": "float | None",
    },
)

StatsGroup = TypedDict(
    "StatsGroup",
    {
        "key": "StatsGroupKey",
        "count": "int",
        "successCount": "int",
        "successRate": "float | None",
        "ratePerSecond": "float",
        "validationCount": "int",
        "validationPassRate": "float | None",
        "durationMs": "Distribution",
        "queueMs": "Distribution",
        "startupMs": "Distribution",
        "memoryPeakBytes": "Distribution",
        "tokensUsed": "Total",
        "inputTokens": "Total",
        "outputTokens": "Total",
        "costRunNanoUsd": "float | None",
        "costAllocatedNanoUsd": "float | None",
        "costTokensNanoUsd": "float | None",
        "change": "NotRequired[Change]",
    },
)

StatsGroupKey = TypedDict(
    "StatsGroupKey",
    {
        "runtime": "NotRequired[str | None]",
        "language": "NotRequired[str | None]",
        "codeAgentId": "NotRequired[str | None]",
        "codeAgentVersion": "NotRequired[str | None]",
        "workflowExecutionId": "NotRequired[str | None]",
        "nodeId": "NotRequired[str | None]",
        "workspaceId": "NotRequired[str | None]",
        "userId": "NotRequired[str | None]",
        "model": "NotRequired[str | None]",
        "outcome": "NotRequired[str | None]",
        "errorType": "NotRequired[str | None]",
    },
)

Change = TypedDict(
    "Change",
    {
        "count": "ChangeCount",
        "successRate": "ChangeSuccessRate",
        "validationPassRate": "ChangeValidationPassRate",
        "durationP50Ms": "ChangeDurationP50Ms",
        "durationP95Ms": "ChangeDurationP95Ms",
        "durationP99Ms": "ChangeDurationP99Ms",
        "memoryP95Bytes": "ChangeMemoryP95Bytes",
        "tokens": "ChangeTokens",
        "costRunNanoUsd": "ChangeCostRunNanoUsd",
        "costAllocatedNanoUsd": "ChangeCostAllocatedNanoUsd",
    },
)

ChangeCount = TypedDict(
    "ChangeCount",
    {
        "by": "float | None",
        "ratio": "float | None",
    },
)

ChangeSuccessRate = TypedDict(
    "ChangeSuccessRate",
    {
        "by": "float | None",
        "ratio": "float | None",
    },
)

ChangeValidationPassRate = TypedDict(
    "ChangeValidationPassRate",
    {
        "by": "float | None",
        "ratio": "float | None",
    },
)

ChangeDurationP50Ms = TypedDict(
    "ChangeDurationP50Ms",
    {
        "by": "float | None",
        "ratio": "float | None",
    },
)

ChangeDurationP95Ms = TypedDict(
    "ChangeDurationP95Ms",
    {
        "by": "float | None",
        "ratio": "float | None",
    },
)

ChangeDurationP99Ms = TypedDict(
    "ChangeDurationP99Ms",
    {
        "by": "float | None",
        "ratio": "float | None",
    },
)

ChangeMemoryP95Bytes = TypedDict(
    "ChangeMemoryP95Bytes",
    {
        "by": "float | None",
        "ratio": "float | None",
    },
)

ChangeTokens = TypedDict(
    "ChangeTokens",
    {
        "by": "float | None",
        "ratio": "float | None",
    },
)

ChangeCostRunNanoUsd = TypedDict(
    "ChangeCostRunNanoUsd",
    {
        "by": "float | None",
        "ratio": "float | None",
    },
)

ChangeCostAllocatedNanoUsd = TypedDict(
    "ChangeCostAllocatedNanoUsd",
    {
        "by": "float | None",
        "ratio": "float | None",
    },
)

Timeseries = TypedDict(
    "Timeseries",
    {
        "window": "Window",
        "bucketSeconds": "int",
        "buckets": "list[TimeseriesBucketsItem]",
    },
)

TimeseriesBucketsItem = TypedDict(
    "TimeseriesBucketsItem",
    {
        "from": "str",
        "to": "str",
        "complete": "bool",
        "count": "int",
        "successCount": "int",
        "successRate": "float | None",
        "ratePerSecond": "float",
        "validationCount": "int",
        "validationPassRate": "float | None",
        "durationMs": "Distribution",
        "queueMs": "Distribution",
        "startupMs": "Distribution",
        "memoryPeakBytes": "Distribution",
        "tokensUsed": "Total",
        "inputTokens": "Total",
        "outputTokens": "Total",
        "costRunNanoUsd": "float | None",
        "costAllocatedNanoUsd": "float | None",
        "costTokensNanoUsd": "float | None",
    },
)

MeasureDistribution = TypedDict(
    "MeasureDistribution",
    {
        "window": "Window",
        "measure": "str",
        "bucketSeconds": "int",
        "bins": "list[MeasureDistributionBinsItem]",
        "cells": "list[MeasureDistributionCellsItem]",
    },
)

MeasureDistributionBinsItem = TypedDict(
    "MeasureDistributionBinsItem",
    {
        "from": "float",
        "to": "float",
        "count": "int",
    },
)

MeasureDistributionCellsItem = TypedDict(
    "MeasureDistributionCellsItem",
    {
        "at": "str",
        "from": "float",
        "to": "float",
        "count": "int",
        "failures": "int",
    },
)

VersionComparison = TypedDict(
    "VersionComparison",
    {
        "agentId": "str",
        "window": "Window",
        "a": "VersionComparisonA",
        "b": "VersionComparisonB",
        "successRateDifference": "VersionComparisonSuccessRateDifference | None",
        "durationRatio": "VersionComparisonDurationRatio | None",
        "memoryRatio": "VersionComparisonMemoryRatio | None",
        "costRatio": "VersionComparisonCostRatio | None",
        "newErrors": "list[VersionComparisonNewErrorsItem]",
        "goneErrors": "list[VersionComparisonGoneErrorsItem]",
        "commonErrors": "list[VersionComparisonCommonErrorsItem]",
    },
)

VersionComparisonA = TypedDict(
    "VersionComparisonA",
    {
        "version": "str",
        "count": "int",
        "successCount": "int",
        "successRate": "float | None",
        "ratePerSecond": "float",
        "validationCount": "int",
        "validationPassRate": "float | None",
        "durationMs": "Distribution",
        "queueMs": "Distribution",
        "startupMs": "Distribution",
        "memoryPeakBytes": "Distribution",
        "tokensUsed": "Total",
        "inputTokens": "Total",
        "outputTokens": "Total",
        "costRunNanoUsd": "float | None",
        "costAllocatedNanoUsd": "float | None",
        "costTokensNanoUsd": "float | None",
    },
)

VersionComparisonB = TypedDict(
    "VersionComparisonB",
    {
        "version": "str",
        "count": "int",
        "successCount": "int",
        "successRate": "float | None",
        "ratePerSecond": "float",
        "validationCount": "int",
        "validationPassRate": "float | None",
        "durationMs": "Distribution",
        "queueMs": "Distribution",
        "startupMs": "Distribution",
        "memoryPeakBytes": "Distribution",
        "tokensUsed": "Total",
        "inputTokens": "Total",
        "outputTokens": "Total",
        "costRunNanoUsd": "float | None",
        "costAllocatedNanoUsd": "float | None",
        "costTokensNanoUsd": "float | None",
    },
)

VersionComparisonSuccessRateDifference = TypedDict(
    "VersionComparisonSuccessRateDifference",
    {
        "estimate": "float",
        "low": "float",
        "high": "float",
        "significant": "bool",
    },
)

VersionComparisonDurationRatio = TypedDict(
    "VersionComparisonDurationRatio",
    {
        "estimate": "float",
        "low": "float",
        "high": "float",
        "significant": "bool",
    },
)

VersionComparisonMemoryRatio = TypedDict(
    "VersionComparisonMemoryRatio",
    {
        "estimate": "float",
        "low": "float",
        "high": "float",
        "significant": "bool",
    },
)

VersionComparisonCostRatio = TypedDict(
    "VersionComparisonCostRatio",
    {
        "estimate": "float",
        "low": "float",
        "high": "float",
        "significant": "bool",
    },
)

VersionComparisonNewErrorsItem = TypedDict(
    "VersionComparisonNewErrorsItem",
    {
        "fingerprint": "str",
        "message": "str",
        "countA": "int",
        "countB": "int",
        "executionId": "str",
    },
)

VersionComparisonGoneErrorsItem = TypedDict(
    "VersionComparisonGoneErrorsItem",
    {
        "fingerprint": "str",
        "message": "str",
        "countA": "int",
        "countB": "int",
        "executionId": "str",
    },
)

VersionComparisonCommonErrorsItem = TypedDict(
    "VersionComparisonCommonErrorsItem",
    {
        "fingerprint": "str",
        "message": "str",
        "countA": "int",
        "countB": "int",
        "executionId": "str",
    },
)

AgentStats = TypedDict(
    "AgentStats",
    {
        "agentId": "str",
        "window": "Window",
        "count": "int",
        "successCount": "int",
        "successRate": "float | None",
        "ratePerSecond": "float",
        "validationCount": "int",
        "validationPassRate": "float | None",
        "durationMs": "Distribution",
        "queueMs": "Distribution",
        "startupMs": "Distribution",
        "memoryPeakBytes": "Distribution",
        "tokensUsed": "Total",
        "inputTokens": "Total",
        "outputTokens": "Total",
        "costRunNanoUsd": "float | None",
        "costAllocatedNanoUsd": "float | None",
        "costTokensNanoUsd": "float | None",
        "byOutcome": "dict[str, int]",
        "byRuntime": "list[StatsSlice]",
        "byLanguage": "list[StatsSlice]",
        "byExitCode": "list[AgentStatsByExitCodeItem]",
        "firstSeen": "str | None",
        "lastSeen": "str | None",
        "topErrors": "list[AgentStatsTopErrorsItem]",
        "previous": "NotRequired[AgentStatsPrevious]",
        "change": "NotRequired[Change]",
    },
)

AgentStatsByExitCodeItem = TypedDict(
    "AgentStatsByExitCodeItem",
    {
        "key": "int | None",
        "count": "int",
        "successRate": "float | None",
        "durationMs": "Distribution",
    },
)

AgentStatsTopErrorsItem = TypedDict(
    "AgentStatsTopErrorsItem",
    {
        "fingerprint": "str",
        "message": "str",
        "count": "int",
        "lastSeen": "str",
        "executionId": "str",
    },
)

AgentStatsPrevious = TypedDict(
    "AgentStatsPrevious",
    {
        "agentId": "str",
        "window": "Window",
        "count": "int",
        "successCount": "int",
        "successRate": "float | None",
        "ratePerSecond": "float",
        "validationCount": "int",
        "validationPassRate": "float | None",
        "durationMs": "Distribution",
        "queueMs": "Distribution",
        "startupMs": "Distribution",
        "memoryPeakBytes": "Distribution",
        "tokensUsed": "Total",
        "inputTokens": "Total",
        "outputTokens": "Total",
        "costRunNanoUsd": "float | None",
        "costAllocatedNanoUsd": "float | None",
        "costTokensNanoUsd": "float | None",
        "byOutcome": "dict[str, int]",
        "byRuntime": "list[StatsSlice]",
        "byLanguage": "list[StatsSlice]",
        "byExitCode": "list[AgentStatsPreviousByExitCodeItem]",
        "firstSeen": "str | None",
        "lastSeen": "str | None",
    },
)

AgentStatsPreviousByExitCodeItem = TypedDict(
    "AgentStatsPreviousByExitCodeItem",
    {
        "key": "int | None",
        "count": "int",
        "successRate": "float | None",
        "durationMs": "Distribution",
    },
)

StatsSlice = TypedDict(
    "StatsSlice",
    {
        "key": "str",
        "count": "int",
        "successRate": "float | None",
        "durationMs": "Distribution",
    },
)

WorkflowExecutionPage = TypedDict(
    "WorkflowExecutionPage",
    {
        "data": "list[WorkflowExecutionSummary]",
        "nextCursor": "str | None",
        "window": "Window",
    },
)

WorkflowExecutionSummary = TypedDict(
    "WorkflowExecutionSummary",
    {
        "organizationId": "str",
        "workflowExecutionId": "str",
        "state": "Literal['running', 'succeeded', 'failed', 'incomplete']",
        "executionCount": "int",
        "failureCount": "int",
        "retryCount": "int",
        "attemptMax": "int",
        "runningCount": "int",
        "missingCount": "int",
        "nodeCount": "int",
        "failedNodeCount": "int",
        "startedAt": "str",
        "endedAt": "str | None",
        "elapsedMs": "float | None",
        "durationMs": "float",
        "tokensUsed": "int | None",
        "costRunNanoUsd": "int | None",
        "costAllocatedNanoUsd": "int | None",
        "costTokensNanoUsd": "int | None",
    },
)

WorkflowExecution = TypedDict(
    "WorkflowExecution",
    {
        "organizationId": "str",
        "workflowExecutionId": "str",
        "state": "Literal['running', 'succeeded', 'failed', 'incomplete']",
        "executionCount": "int",
        "failureCount": "int",
        "retryCount": "int",
        "attemptMax": "int",
        "runningCount": "int",
        "missingCount": "int",
        "nodeCount": "int",
        "failedNodeCount": "int",
        "startedAt": "str",
        "endedAt": "str | None",
        "elapsedMs": "float | None",
        "durationMs": "float",
        "tokensUsed": "int | None",
        "costRunNanoUsd": "int | None",
        "costAllocatedNanoUsd": "int | None",
        "costTokensNanoUsd": "int | None",
        "window": "Window",
        "nodes": "list[WorkflowExecutionNodesItem]",
        "spans": "list[TreeSpan]",
        "traces": "list[WorkflowExecutionTracesItem]",
        "truncated": "WorkflowExecutionTruncated",
    },
)

WorkflowExecutionNodesItem = TypedDict(
    "WorkflowExecutionNodesItem",
    {
        "nodeId": "str | None",
        "state": "Literal['running', 'succeeded', 'failed', 'incomplete']",
        "offsetMs": "float",
        "elapsedMs": "float | None",
        "attempts": "list[WorkflowExecutionNodesItemAttemptsItem]",
    },
)

WorkflowExecutionNodesItemAttemptsItem = TypedDict(
    "WorkflowExecutionNodesItemAttemptsItem",
    {
        "executionId": "str | None",
        "organizationId": "str | None",
        "nodeId": "str | None | None",
        "attempt": "int | None",
        "runtime": "Literal['vm2', 'subprocess', 'wasmedge', 'e2b', 'bacalhau'] | None",
        "language": "Literal['javascript', 'typescript', 'python', 'bash'] | None",
        "codeAgentId": "str | None | None",
        "startedAt": "str | None",
        "traceId": "str | None",
        "spanId": "str | None",
        "timestamp": "str | None",
        "outcome": "Literal['success', 'failure', 'timeout', 'limit', 'cancelled', 'error'] | None",
        "success": "bool | None",
        "errorType": "Literal['exception', 'exit_code', 'syntax_error', 'validation_input', 'validation_output', 'policy', 'timeout', 'memory_limit', 'cpu_limit', 'pids_limit', 'output_limit', 'disk_limit', 'cancelled', 'runtime_unavailable', 'runtime_error', 'executor_crashed'] | None | None",
        "errorMessage": "str | None | None",
        "queueMs": "float | None",
        "startupMs": "float | None",
        "durationMs": "float | None",
        "memoryPeakBytes": "int | None | None",
        "phase": "Literal['ended', 'running', 'missing']",
        "offsetMs": "float",
    },
)

WorkflowExecutionTracesItem = TypedDict(
    "WorkflowExecutionTracesItem",
    {
        "traceId": "str",
        "url": "str | None",
    },
)

WorkflowExecutionTruncated = TypedDict(
    "WorkflowExecutionTruncated",
    {
        "executions": "bool",
        "spans": "bool",
        "traces": "bool",
    },
)

TreeSpan = TypedDict(
    "TreeSpan",
    {
        "traceId": "str",
        "spanId": "str",
        "parentSpanId": "str | None",
        "name": "str",
        "kind": "str",
        "service": "str",
        "startedAt": "str",
        "durationMs": "float",
        "status": "str",
        "statusMessage": "str",
        "executionId": "str | None",
        "attributes": "dict[str, str]",
        "depth": "int",
        "childCount": "int",
        "offsetMs": "float",
    },
)

Trace = TypedDict(
    "Trace",
    {
        "traceId": "str",
        "window": "Window",
        "url": "str | None",
        "startedAt": "str",
        "spans": "list[TreeSpan]",
        "executions": "list[Attempt]",
        "truncated": "bool",
    },
)

Attempt = TypedDict(
    "Attempt",
    {
        "executionId": "str | None",
        "organizationId": "str | None",
        "nodeId": "str | None | None",
        "attempt": "int | None",
        "runtime": "Literal['vm2', 'subprocess', 'wasmedge', 'e2b', 'bacalhau'] | None",
        "language": "Literal['javascript', 'typescript', 'python', 'bash'] | None",
        "codeAgentId": "str | None | None",
        "startedAt": "str | None",
        "traceId": "str | None",
        "spanId": "str | None",
        "timestamp": "str | None",
        "outcome": "Literal['success', 'failure', 'timeout', 'limit', 'cancelled', 'error'] | None",
        "success": "bool | None",
        "errorType": "Literal['exception', 'exit_code', 'syntax_error', 'validation_input', 'validation_output', 'policy', 'timeout', 'memory_limit', 'cpu_limit', 'pids_limit', 'output_limit', 'disk_limit', 'cancelled', 'runtime_unavailable', 'runtime_error', 'executor_crashed'] | None | None",
        "errorMessage": "str | None | None",
        "queueMs": "float | None",
        "startupMs": "float | None",
        "durationMs": "float | None",
        "memoryPeakBytes": "int | None | None",
        "phase": "Literal['ended', 'running', 'missing']",
    },
)

Runtime = TypedDict(
    "Runtime",
    {
        "name": "Literal['vm2', 'subprocess', 'wasmedge', 'e2b', 'bacalhau']",
        "languages": "list[Literal['javascript', 'typescript', 'python', 'bash']]",
        "streaming": "bool",
        "ready": "bool",
        "version": "str | None",
        "isolation": "Literal['none', 'process', 'namespace', 'wasm', 'microvm', 'container']",
        "enforces": "list[Literal['time', 'cpu', 'memory', 'pids', 'output', 'disk', 'files']]",
        "missing": "list[RuntimeMissingItem]",
        "notes": "list[str]",
    },
)

RuntimeMissingItem = TypedDict(
    "RuntimeMissingItem",
    {
        "what": "str",
        "fix": "str",
    },
)

SqlSchema = TypedDict(
    "SqlSchema",
    {
        "dialect": "str",
        "notes": "list[str]",
        "tables": "list[SqlSchemaTablesItem]",
    },
)

SqlSchemaTablesItem = TypedDict(
    "SqlSchemaTablesItem",
    {
        "name": "str",
        "description": "str",
        "time": "str",
        "columns": "list[SqlSchemaTablesItemColumnsItem]",
        "examples": "list[SqlSchemaTablesItemExamplesItem]",
    },
)

SqlSchemaTablesItemColumnsItem = TypedDict(
    "SqlSchemaTablesItemColumnsItem",
    {
        "name": "str",
        "type": "str",
        "unit": "str | None",
        "description": "str",
        "values": "list[str] | None",
    },
)

SqlSchemaTablesItemExamplesItem = TypedDict(
    "SqlSchemaTablesItemExamplesItem",
    {
        "question": "str",
        "query": "str",
    },
)

SqlAnswer = TypedDict(
    "SqlAnswer",
    {
        "data": "list[dict[str, Any]]",
        "columns": "list[SqlAnswerColumnsItem]",
        "window": "Window | None",
    },
)

SqlAnswerColumnsItem = TypedDict(
    "SqlAnswerColumnsItem",
    {
        "name": "str",
        "type": "str",
    },
)

Key = TypedDict(
    "Key",
    {
        "id": "str",
        "name": "str",
        "organizationId": "str | None",
        "workspaceId": "str | None",
        "scopes": "list[Literal['execute', 'read', 'write', 'admin']]",
        "createdAt": "str",
        "expiresAt": "str | None",
        "revokedAt": "str | None",
        "lastUsedAt": "str | None",
        "state": "Literal['active', 'expired', 'revoked']",
    },
)

NewKey = TypedDict(
    "NewKey",
    {
        "id": "str",
        "name": "str",
        "organizationId": "str | None",
        "workspaceId": "str | None",
        "scopes": "list[Literal['execute', 'read', 'write', 'admin']]",
        "createdAt": "str",
        "expiresAt": "str | None",
        "revokedAt": "str | None",
        "lastUsedAt": "str | None",
        "state": "Literal['active', 'expired', 'revoked']",
        "secret": "str",
    },
)

AuditEntry = TypedDict(
    "AuditEntry",
    {
        "id": "str",
        "at": "str",
        "actor": "AuditEntryActor",
        "action": "Literal['key.create', 'key.adopt', 'key.revoke', 'error.resolve', 'error.ignore', 'error.assign', 'error.reopen']",
        "subject": "str",
        "organizationId": "str | None",
        "workspaceId": "str | None",
        "detail": "dict[str, Any]",
    },
)

AuditEntryActor = TypedDict(
    "AuditEntryActor",
    {
        "keyId": "str | None",
        "name": "str",
        "address": "str | None",
    },
)
