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

ListOutFilesReply = TypedDict(
    "ListOutFilesReply",
    {
        "data": "list[ListOutFilesReplyDataItem]",
    },
)

ListOutFilesReplyDataItem = TypedDict(
    "ListOutFilesReplyDataItem",
    {
        "path": "str",
        "bytes": "int",
        "sha256": "str",
    },
)

CreateContentLinkReply = TypedDict(
    "CreateContentLinkReply",
    {
        "url": "str",
        "expiresAt": "str",
    },
)

ListAlertRulesReply = TypedDict(
    "ListAlertRulesReply",
    {
        "data": "list[AlertRule]",
    },
)

CreateAlertRuleCondition = TypedDict(
    "CreateAlertRuleCondition",
    {
        "kind": "Literal['threshold']",
        "measure": "Literal['count', 'failures', 'timeouts', 'avgDurationMs', 'avgQueueMs', 'avgStartupMs', 'avgMemoryPeakBytes', 'costNanoUsd', 'tokens']",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

CreateAlertRuleCondition1 = TypedDict(
    "CreateAlertRuleCondition1",
    {
        "kind": "Literal['ratio']",
        "share": "NotRequired[Literal['failures', 'timeouts', 'limits', 'errors', 'cancellations', 'invalid']]",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

CreateAlertRuleCondition2 = TypedDict(
    "CreateAlertRuleCondition2",
    {
        "kind": "Literal['percentile']",
        "measure": "NotRequired[Literal['durationMs', 'queueMs', 'startupMs', 'memoryPeakBytes', 'cpuMs']]",
        "percentile": "NotRequired[Literal[50, 75, 90, 95, 99]]",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

CreateAlertRuleCondition3 = TypedDict(
    "CreateAlertRuleCondition3",
    {
        "kind": "Literal['change']",
        "measure": "Literal['count', 'failures', 'timeouts', 'avgDurationMs', 'avgQueueMs', 'avgStartupMs', 'avgMemoryPeakBytes', 'costNanoUsd', 'tokens', 'failureRate']",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

CreateAlertRuleCondition4 = TypedDict(
    "CreateAlertRuleCondition4",
    {
        "kind": "Literal['absence']",
        "severity": "NotRequired[Literal['warning', 'critical']]",
    },
)

CreateAlertRuleCondition5 = TypedDict(
    "CreateAlertRuleCondition5",
    {
        "kind": "Literal['error_group']",
        "states": "NotRequired[list[Literal['new', 'regressed']]]",
        "severity": "NotRequired[Literal['warning', 'critical']]",
    },
)

CreateAlertRuleCondition6 = TypedDict(
    "CreateAlertRuleCondition6",
    {
        "kind": "Literal['budget']",
        "budget": "str",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

CreateAlertRuleCondition7 = TypedDict(
    "CreateAlertRuleCondition7",
    {
        "kind": "Literal['pipeline']",
        "fault": "Literal['outbox_age', 'records_lost', 'sink_failing', 'part_down']",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

CreateAlertRuleCondition8 = TypedDict(
    "CreateAlertRuleCondition8",
    {
        "kind": "Literal['burn_rate']",
        "objective": "float",
        "pairs": "NotRequired[list[CreateAlertRuleCondition8PairsItem]]",
    },
)

CreateAlertRuleCondition8PairsItem = TypedDict(
    "CreateAlertRuleCondition8PairsItem",
    {
        "longSeconds": "int",
        "shortSeconds": "int",
        "factor": "float",
        "severity": "NotRequired[Literal['warning', 'critical']]",
    },
)

CreateAlertRuleFilter = TypedDict(
    "CreateAlertRuleFilter",
    {
        "where": "NotRequired[list[str]]",
        "q": "NotRequired[str]",
    },
)

CreateAlertRuleBreaches = TypedDict(
    "CreateAlertRuleBreaches",
    {
        "count": "int",
        "of": "int",
    },
)

CreateAlertRuleMuteItem = TypedDict(
    "CreateAlertRuleMuteItem",
    {
        "days": "NotRequired[list[Literal['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']]]",
        "from": "str",
        "to": "str",
        "timezone": "NotRequired[str]",
    },
)

DryRunAlertRuleRule = TypedDict(
    "DryRunAlertRuleRule",
    {
        "name": "str",
        "description": "NotRequired[str]",
        "enabled": "NotRequired[bool]",
        "condition": "DryRunAlertRuleRuleCondition | DryRunAlertRuleRuleCondition1 | DryRunAlertRuleRuleCondition2 | DryRunAlertRuleRuleCondition3 | DryRunAlertRuleRuleCondition4 | DryRunAlertRuleRuleCondition5 | DryRunAlertRuleRuleCondition6 | DryRunAlertRuleRuleCondition7 | DryRunAlertRuleRuleCondition8",
        "filter": "NotRequired[DryRunAlertRuleRuleFilter]",
        "windowSeconds": "NotRequired[int]",
        "everySeconds": "NotRequired[int]",
        "breaches": "NotRequired[DryRunAlertRuleRuleBreaches]",
        "groupBy": "NotRequired[list[Literal['runtime', 'language', 'codeAgentId', 'codeAgentVersion', 'workflowExecutionId', 'nodeId', 'workspaceId', 'userId', 'model', 'outcome', 'errorType']]]",
        "minimumCount": "NotRequired[int]",
        "noData": "NotRequired[Literal['ok', 'alert', 'keep', 'last']]",
        "attempts": "NotRequired[Literal['last', 'all']]",
        "delaySeconds": "NotRequired[int]",
        "renotifySeconds": "NotRequired[int]",
        "mute": "NotRequired[list[DryRunAlertRuleRuleMuteItem]]",
        "channels": "NotRequired[list[str]]",
    },
)

DryRunAlertRuleRuleCondition = TypedDict(
    "DryRunAlertRuleRuleCondition",
    {
        "kind": "Literal['threshold']",
        "measure": "Literal['count', 'failures', 'timeouts', 'avgDurationMs', 'avgQueueMs', 'avgStartupMs', 'avgMemoryPeakBytes', 'costNanoUsd', 'tokens']",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

DryRunAlertRuleRuleCondition1 = TypedDict(
    "DryRunAlertRuleRuleCondition1",
    {
        "kind": "Literal['ratio']",
        "share": "NotRequired[Literal['failures', 'timeouts', 'limits', 'errors', 'cancellations', 'invalid']]",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

DryRunAlertRuleRuleCondition2 = TypedDict(
    "DryRunAlertRuleRuleCondition2",
    {
        "kind": "Literal['percentile']",
        "measure": "NotRequired[Literal['durationMs', 'queueMs', 'startupMs', 'memoryPeakBytes', 'cpuMs']]",
        "percentile": "NotRequired[Literal[50, 75, 90, 95, 99]]",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

DryRunAlertRuleRuleCondition3 = TypedDict(
    "DryRunAlertRuleRuleCondition3",
    {
        "kind": "Literal['change']",
        "measure": "Literal['count', 'failures', 'timeouts', 'avgDurationMs', 'avgQueueMs', 'avgStartupMs', 'avgMemoryPeakBytes', 'costNanoUsd', 'tokens', 'failureRate']",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

DryRunAlertRuleRuleCondition4 = TypedDict(
    "DryRunAlertRuleRuleCondition4",
    {
        "kind": "Literal['absence']",
        "severity": "NotRequired[Literal['warning', 'critical']]",
    },
)

DryRunAlertRuleRuleCondition5 = TypedDict(
    "DryRunAlertRuleRuleCondition5",
    {
        "kind": "Literal['error_group']",
        "states": "NotRequired[list[Literal['new', 'regressed']]]",
        "severity": "NotRequired[Literal['warning', 'critical']]",
    },
)

DryRunAlertRuleRuleCondition6 = TypedDict(
    "DryRunAlertRuleRuleCondition6",
    {
        "kind": "Literal['budget']",
        "budget": "str",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

DryRunAlertRuleRuleCondition7 = TypedDict(
    "DryRunAlertRuleRuleCondition7",
    {
        "kind": "Literal['pipeline']",
        "fault": "Literal['outbox_age', 'records_lost', 'sink_failing', 'part_down']",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

DryRunAlertRuleRuleCondition8 = TypedDict(
    "DryRunAlertRuleRuleCondition8",
    {
        "kind": "Literal['burn_rate']",
        "objective": "float",
        "pairs": "NotRequired[list[DryRunAlertRuleRuleCondition8PairsItem]]",
    },
)

DryRunAlertRuleRuleCondition8PairsItem = TypedDict(
    "DryRunAlertRuleRuleCondition8PairsItem",
    {
        "longSeconds": "int",
        "shortSeconds": "int",
        "factor": "float",
        "severity": "NotRequired[Literal['warning', 'critical']]",
    },
)

DryRunAlertRuleRuleFilter = TypedDict(
    "DryRunAlertRuleRuleFilter",
    {
        "where": "NotRequired[list[str]]",
        "q": "NotRequired[str]",
    },
)

DryRunAlertRuleRuleBreaches = TypedDict(
    "DryRunAlertRuleRuleBreaches",
    {
        "count": "int",
        "of": "int",
    },
)

DryRunAlertRuleRuleMuteItem = TypedDict(
    "DryRunAlertRuleRuleMuteItem",
    {
        "days": "NotRequired[list[Literal['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']]]",
        "from": "str",
        "to": "str",
        "timezone": "NotRequired[str]",
    },
)

ChangeAlertRuleCondition = TypedDict(
    "ChangeAlertRuleCondition",
    {
        "kind": "Literal['threshold']",
        "measure": "Literal['count', 'failures', 'timeouts', 'avgDurationMs', 'avgQueueMs', 'avgStartupMs', 'avgMemoryPeakBytes', 'costNanoUsd', 'tokens']",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

ChangeAlertRuleCondition1 = TypedDict(
    "ChangeAlertRuleCondition1",
    {
        "kind": "Literal['ratio']",
        "share": "NotRequired[Literal['failures', 'timeouts', 'limits', 'errors', 'cancellations', 'invalid']]",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

ChangeAlertRuleCondition2 = TypedDict(
    "ChangeAlertRuleCondition2",
    {
        "kind": "Literal['percentile']",
        "measure": "NotRequired[Literal['durationMs', 'queueMs', 'startupMs', 'memoryPeakBytes', 'cpuMs']]",
        "percentile": "NotRequired[Literal[50, 75, 90, 95, 99]]",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

ChangeAlertRuleCondition3 = TypedDict(
    "ChangeAlertRuleCondition3",
    {
        "kind": "Literal['change']",
        "measure": "Literal['count', 'failures', 'timeouts', 'avgDurationMs', 'avgQueueMs', 'avgStartupMs', 'avgMemoryPeakBytes', 'costNanoUsd', 'tokens', 'failureRate']",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

ChangeAlertRuleCondition4 = TypedDict(
    "ChangeAlertRuleCondition4",
    {
        "kind": "Literal['absence']",
        "severity": "NotRequired[Literal['warning', 'critical']]",
    },
)

ChangeAlertRuleCondition5 = TypedDict(
    "ChangeAlertRuleCondition5",
    {
        "kind": "Literal['error_group']",
        "states": "NotRequired[list[Literal['new', 'regressed']]]",
        "severity": "NotRequired[Literal['warning', 'critical']]",
    },
)

ChangeAlertRuleCondition6 = TypedDict(
    "ChangeAlertRuleCondition6",
    {
        "kind": "Literal['budget']",
        "budget": "str",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

ChangeAlertRuleCondition7 = TypedDict(
    "ChangeAlertRuleCondition7",
    {
        "kind": "Literal['pipeline']",
        "fault": "Literal['outbox_age', 'records_lost', 'sink_failing', 'part_down']",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

ChangeAlertRuleCondition8 = TypedDict(
    "ChangeAlertRuleCondition8",
    {
        "kind": "Literal['burn_rate']",
        "objective": "float",
        "pairs": "NotRequired[list[ChangeAlertRuleCondition8PairsItem]]",
    },
)

ChangeAlertRuleCondition8PairsItem = TypedDict(
    "ChangeAlertRuleCondition8PairsItem",
    {
        "longSeconds": "int",
        "shortSeconds": "int",
        "factor": "float",
        "severity": "NotRequired[Literal['warning', 'critical']]",
    },
)

ChangeAlertRuleFilter = TypedDict(
    "ChangeAlertRuleFilter",
    {
        "where": "NotRequired[list[str]]",
        "q": "NotRequired[str]",
    },
)

ChangeAlertRuleBreaches = TypedDict(
    "ChangeAlertRuleBreaches",
    {
        "count": "int",
        "of": "int",
    },
)

ChangeAlertRuleMuteItem = TypedDict(
    "ChangeAlertRuleMuteItem",
    {
        "days": "NotRequired[list[Literal['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']]]",
        "from": "str",
        "to": "str",
        "timezone": "NotRequired[str]",
    },
)

ListAlertEvaluationsReply = TypedDict(
    "ListAlertEvaluationsReply",
    {
        "data": "list[AlertEvaluation]",
    },
)

ListAlertChannelsReply = TypedDict(
    "ListAlertChannelsReply",
    {
        "data": "list[AlertChannel]",
    },
)

ListAlertsReply = TypedDict(
    "ListAlertsReply",
    {
        "data": "list[Alert]",
        "nextCursor": "str | None",
    },
)

ListAlertSilencesReply = TypedDict(
    "ListAlertSilencesReply",
    {
        "data": "list[AlertSilence]",
    },
)

ListAlertNotificationsReply = TypedDict(
    "ListAlertNotificationsReply",
    {
        "data": "list[AlertNotification]",
    },
)

ListBudgetsReply = TypedDict(
    "ListBudgetsReply",
    {
        "data": "list[Budget]",
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

SearchAgentsReply = TypedDict(
    "SearchAgentsReply",
    {
        "data": "list[AgentSummary]",
        "nextCursor": "str | None",
        "facets": "NotRequired[AgentFacets]",
    },
)

PublishAgentDefinition = TypedDict(
    "PublishAgentDefinition",
    {
        "name": "str",
        "version": "str",
        "description": "str",
        "language": "Literal['javascript', 'typescript', 'python', 'bash']",
        "code": "str",
        "files": "NotRequired[list[PublishAgentDefinitionFilesItem]]",
        "runtimes": "list[Literal['vm2', 'subprocess', 'wasmedge', 'e2b', 'bacalhau']]",
        "limits": "NotRequired[PublishAgentDefinitionLimits]",
        "network": "NotRequired[Literal['none', 'host'] | PublishAgentDefinitionNetwork1]",
        "policy": "NotRequired[PublishAgentDefinitionPolicy]",
        "inputSchema": "NotRequired[bool | dict[str, Any]]",
        "outputSchema": "NotRequired[bool | dict[str, Any]]",
        "examples": "NotRequired[list[PublishAgentDefinitionExamplesItem]]",
        "readme": "NotRequired[str]",
        "license": "str",
        "topics": "NotRequired[list[str]]",
        "source": "NotRequired[PublishAgentDefinitionSource]",
    },
)

PublishAgentDefinitionFilesItem = TypedDict(
    "PublishAgentDefinitionFilesItem",
    {
        "path": "str",
        "content": "str",
        "encoding": "NotRequired[Literal['utf8', 'base64']]",
    },
)

PublishAgentDefinitionLimits = TypedDict(
    "PublishAgentDefinitionLimits",
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

PublishAgentDefinitionNetwork1 = TypedDict(
    "PublishAgentDefinitionNetwork1",
    {
        "allow": "list[str]",
    },
)

PublishAgentDefinitionPolicy = TypedDict(
    "PublishAgentDefinitionPolicy",
    {
        "denyModules": "NotRequired[list[str]]",
        "denyPatterns": "NotRequired[list[str]]",
    },
)

PublishAgentDefinitionExamplesItem = TypedDict(
    "PublishAgentDefinitionExamplesItem",
    {
        "name": "str",
        "input": "NotRequired[Any]",
        "output": "NotRequired[Any]",
    },
)

PublishAgentDefinitionSource = TypedDict(
    "PublishAgentDefinitionSource",
    {
        "repository": "str",
        "commit": "str",
    },
)

ListInstalledAgentsReply = TypedDict(
    "ListInstalledAgentsReply",
    {
        "data": "list[AgentInstall]",
    },
)

UninstallAgentReply = TypedDict(
    "UninstallAgentReply",
    {
        "name": "str",
        "reference": "str",
        "version": "str",
    },
)

ListAgentNamespacesReply = TypedDict(
    "ListAgentNamespacesReply",
    {
        "data": "list[AgentNamespace]",
    },
)

ListSigningKeysReply = TypedDict(
    "ListSigningKeysReply",
    {
        "data": "list[SigningKey]",
    },
)

ListAgentReviewsReply = TypedDict(
    "ListAgentReviewsReply",
    {
        "data": "list[AgentReview]",
    },
)

ListAgentReportsReply = TypedDict(
    "ListAgentReportsReply",
    {
        "data": "list[AgentReport]",
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
        "resetsAt": "NotRequired[str]",
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

Session = TypedDict(
    "Session",
    {
        "key": "SessionKey",
        "version": "str",
        "metadata": "bool",
    },
)

SessionKey = TypedDict(
    "SessionKey",
    {
        "id": "str",
        "name": "str",
        "scopes": "list[Literal['execute', 'read', 'write', 'admin']]",
        "organizationId": "str | None",
        "workspaceId": "str | None",
    },
)

Pipeline = TypedDict(
    "Pipeline",
    {
        "executor": "PipelineExecutor",
        "outbox": "PipelineOutbox",
        "collector": "PipelineCollector",
        "sinks": "list[PipelineSinksItem]",
        "parts": "Readiness",
        "signozUrl": "str | None",
    },
)

PipelineExecutor = TypedDict(
    "PipelineExecutor",
    {
        "id": "str",
        "running": "int",
        "waiting": "int",
        "begun": "int",
        "completed": "int",
    },
)

PipelineOutbox = TypedDict(
    "PipelineOutbox",
    {
        "written": "int",
        "sent": "int",
        "retried": "int",
        "dead": "int",
        "dropped": "int",
        "waitingBytes": "int",
        "oldestMs": "float | None",
    },
)

PipelineCollector = TypedDict(
    "PipelineCollector",
    {
        "state": "Literal['answers', 'silent', 'external']",
        "accepted": "int | None",
        "refused": "int | None",
    },
)

PipelineSinksItem = TypedDict(
    "PipelineSinksItem",
    {
        "exporter": "str",
        "signal": "str",
        "queueBytes": "float",
        "queueCapacityBytes": "float",
        "sent": "float",
        "failed": "float",
        "refused": "float",
    },
)

Retention = TypedDict(
    "Retention",
    {
        "data": "list[RetentionDataItem]",
    },
)

RetentionDataItem = TypedDict(
    "RetentionDataItem",
    {
        "table": "str",
        "ttl": "str | None",
        "contentDays": "int | None",
        "rows": "int | None",
        "bytes": "int | None",
        "oldestPartition": "str | None",
    },
)

ExecutionPage = TypedDict(
    "ExecutionPage",
    {
        "data": "list[ExecutionPageDataItem]",
        "nextCursor": "str | None",
        "searchedFrom": "str | None",
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
        "allocatedVcpus": "NotRequired[float | None]",
        "allocatedMemoryBytes": "NotRequired[int | None]",
        "heldFromMs": "NotRequired[float | None]",
        "heldUntilMs": "NotRequired[float | None]",
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
        "codeBlob": "NotRequired[str | None]",
        "inputBlob": "NotRequired[str | None]",
        "requestBlob": "NotRequired[str | None]",
        "resultBlob": "NotRequired[str | None]",
        "stdoutBlob": "NotRequired[str | None]",
        "stderrBlob": "NotRequired[str | None]",
        "filesBlob": "NotRequired[str | None]",
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
        "allocatedVcpus": "float | None",
        "allocatedMemoryBytes": "int | None",
        "heldFromMs": "float | None",
        "heldUntilMs": "float | None",
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
        "codeBlob": "str | None",
        "inputBlob": "str | None",
        "requestBlob": "str | None",
        "resultBlob": "str | None",
        "stdoutBlob": "str | None",
        "stderrBlob": "str | None",
        "filesBlob": "str | None",
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
        "warnings": "list[str]",
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
        "allocatedVcpus": "float | None",
        "allocatedMemoryBytes": "int | None",
        "heldFromMs": "float | None",
        "heldUntilMs": "float | None",
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
        "codeBlob": "str | None",
        "inputBlob": "str | None",
        "requestBlob": "str | None",
        "resultBlob": "str | None",
        "stdoutBlob": "str | None",
        "stderrBlob": "str | None",
        "filesBlob": "str | None",
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

AlertRule = TypedDict(
    "AlertRule",
    {
        "name": "str",
        "description": "NotRequired[str]",
        "enabled": "NotRequired[bool]",
        "condition": "AlertRuleCondition | AlertRuleCondition1 | AlertRuleCondition2 | AlertRuleCondition3 | AlertRuleCondition4 | AlertRuleCondition5 | AlertRuleCondition6 | AlertRuleCondition7 | AlertRuleCondition8",
        "filter": "NotRequired[AlertRuleFilter]",
        "windowSeconds": "NotRequired[int]",
        "everySeconds": "NotRequired[int]",
        "breaches": "NotRequired[AlertRuleBreaches]",
        "groupBy": "NotRequired[list[Literal['runtime', 'language', 'codeAgentId', 'codeAgentVersion', 'workflowExecutionId', 'nodeId', 'workspaceId', 'userId', 'model', 'outcome', 'errorType']]]",
        "minimumCount": "NotRequired[int]",
        "noData": "NotRequired[Literal['ok', 'alert', 'keep', 'last']]",
        "attempts": "NotRequired[Literal['last', 'all']]",
        "delaySeconds": "NotRequired[int]",
        "renotifySeconds": "NotRequired[int]",
        "mute": "NotRequired[list[AlertRuleMuteItem]]",
        "channels": "NotRequired[list[str]]",
        "organizationId": "str | None",
        "workspaceId": "str | None",
        "id": "str",
        "createdAt": "str",
        "updatedAt": "str",
        "changedBy": "str",
        "nextEnd": "str",
        "lastError": "str | None",
    },
)

AlertRuleCondition = TypedDict(
    "AlertRuleCondition",
    {
        "kind": "Literal['threshold']",
        "measure": "Literal['count', 'failures', 'timeouts', 'avgDurationMs', 'avgQueueMs', 'avgStartupMs', 'avgMemoryPeakBytes', 'costNanoUsd', 'tokens']",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

AlertRuleCondition1 = TypedDict(
    "AlertRuleCondition1",
    {
        "kind": "Literal['ratio']",
        "share": "NotRequired[Literal['failures', 'timeouts', 'limits', 'errors', 'cancellations', 'invalid']]",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

AlertRuleCondition2 = TypedDict(
    "AlertRuleCondition2",
    {
        "kind": "Literal['percentile']",
        "measure": "NotRequired[Literal['durationMs', 'queueMs', 'startupMs', 'memoryPeakBytes', 'cpuMs']]",
        "percentile": "NotRequired[Literal[50, 75, 90, 95, 99]]",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

AlertRuleCondition3 = TypedDict(
    "AlertRuleCondition3",
    {
        "kind": "Literal['change']",
        "measure": "Literal['count', 'failures', 'timeouts', 'avgDurationMs', 'avgQueueMs', 'avgStartupMs', 'avgMemoryPeakBytes', 'costNanoUsd', 'tokens', 'failureRate']",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

AlertRuleCondition4 = TypedDict(
    "AlertRuleCondition4",
    {
        "kind": "Literal['absence']",
        "severity": "NotRequired[Literal['warning', 'critical']]",
    },
)

AlertRuleCondition5 = TypedDict(
    "AlertRuleCondition5",
    {
        "kind": "Literal['error_group']",
        "states": "NotRequired[list[Literal['new', 'regressed']]]",
        "severity": "NotRequired[Literal['warning', 'critical']]",
    },
)

AlertRuleCondition6 = TypedDict(
    "AlertRuleCondition6",
    {
        "kind": "Literal['budget']",
        "budget": "str",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

AlertRuleCondition7 = TypedDict(
    "AlertRuleCondition7",
    {
        "kind": "Literal['pipeline']",
        "fault": "Literal['outbox_age', 'records_lost', 'sink_failing', 'part_down']",
        "direction": "NotRequired[Literal['above', 'below']]",
        "warning": "NotRequired[float]",
        "critical": "NotRequired[float]",
        "recovery": "NotRequired[float]",
    },
)

AlertRuleCondition8 = TypedDict(
    "AlertRuleCondition8",
    {
        "kind": "Literal['burn_rate']",
        "objective": "float",
        "pairs": "NotRequired[list[AlertRuleCondition8PairsItem]]",
    },
)

AlertRuleCondition8PairsItem = TypedDict(
    "AlertRuleCondition8PairsItem",
    {
        "longSeconds": "int",
        "shortSeconds": "int",
        "factor": "float",
        "severity": "NotRequired[Literal['warning', 'critical']]",
    },
)

AlertRuleFilter = TypedDict(
    "AlertRuleFilter",
    {
        "where": "NotRequired[list[str]]",
        "q": "NotRequired[str]",
    },
)

AlertRuleBreaches = TypedDict(
    "AlertRuleBreaches",
    {
        "count": "int",
        "of": "int",
    },
)

AlertRuleMuteItem = TypedDict(
    "AlertRuleMuteItem",
    {
        "days": "NotRequired[list[Literal['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']]]",
        "from": "str",
        "to": "str",
        "timezone": "NotRequired[str]",
    },
)

AlertDryRun = TypedDict(
    "AlertDryRun",
    {
        "window": "AlertDryRunWindow",
        "everySeconds": "float",
        "windows": "float",
        "firing": "float",
        "unknown": "float",
        "notifications": "float",
        "points": "list[AlertDryRunPointsItem]",
        "alerts": "list[AlertDryRunAlertsItem]",
        "alertCount": "float",
    },
)

AlertDryRunWindow = TypedDict(
    "AlertDryRunWindow",
    {
        "from": "str",
        "to": "str",
    },
)

AlertDryRunPointsItem = TypedDict(
    "AlertDryRunPointsItem",
    {
        "at": "str",
        "value": "float | None",
        "count": "float | None",
        "state": "str",
        "reason": "str",
    },
)

AlertDryRunAlertsItem = TypedDict(
    "AlertDryRunAlertsItem",
    {
        "group": "dict[str, str | None]",
        "severity": "Literal['warning', 'critical']",
        "since": "str",
        "firedAt": "str | None",
        "endedAt": "str | None",
        "reason": "str",
    },
)

AlertEvaluation = TypedDict(
    "AlertEvaluation",
    {
        "ruleId": "str",
        "windowEnd": "str",
        "evaluatedAt": "str",
        "state": "Literal['ok', 'pending', 'firing', 'unknown', 'failed', 'skipped']",
        "value": "float | None",
        "sampleCount": "float | None",
        "reason": "str",
        "groups": "list[Any]",
    },
)

AlertChannel = TypedDict(
    "AlertChannel",
    {
        "organizationId": "str | None",
        "workspaceId": "str | None",
        "id": "str",
        "name": "str",
        "kind": "Literal['webhook', 'slack', 'teams', 'discord', 'pagerduty', 'opsgenie', 'email']",
        "settings": "dict[str, Any]",
        "hourlyLimit": "float",
        "createdAt": "str",
        "changedBy": "str",
    },
)

SavedAlertChannel = TypedDict(
    "SavedAlertChannel",
    {
        "organizationId": "str | None",
        "workspaceId": "str | None",
        "id": "str",
        "name": "str",
        "kind": "Literal['webhook', 'slack', 'teams', 'discord', 'pagerduty', 'opsgenie', 'email']",
        "settings": "dict[str, Any]",
        "hourlyLimit": "float",
        "createdAt": "str",
        "changedBy": "str",
        "signingSecret": "NotRequired[str]",
    },
)

Alert = TypedDict(
    "Alert",
    {
        "organizationId": "str | None",
        "workspaceId": "str | None",
        "id": "str",
        "ruleId": "str",
        "ruleName": "str",
        "group": "dict[str, str | None]",
        "phase": "Literal['pending', 'firing', 'resolved']",
        "severity": "Literal['warning', 'critical']",
        "value": "float | None",
        "reason": "str",
        "since": "str",
        "firedAt": "str | None",
        "endedAt": "str | None",
        "acknowledgedAt": "str | None",
        "acknowledgedBy": "str | None",
        "resolvedBy": "str | None",
        "isNotified": "bool",
        "executions": "AlertExecutions",
    },
)

AlertExecutions = TypedDict(
    "AlertExecutions",
    {
        "from": "str",
        "to": "str",
        "where": "list[str]",
        "q": "str | None",
    },
)

AlertSilence = TypedDict(
    "AlertSilence",
    {
        "organizationId": "str | None",
        "workspaceId": "str | None",
        "id": "str",
        "ruleId": "str | None",
        "matches": "dict[str, str | None]",
        "comment": "str",
        "startsAt": "str",
        "endsAt": "str",
        "createdBy": "str",
    },
)

AlertNotification = TypedDict(
    "AlertNotification",
    {
        "id": "str",
        "channelId": "str",
        "alertId": "str",
        "kind": "Literal['firing', 'reminder', 'resolved']",
        "windowEnd": "str",
        "createdAt": "str",
        "attempts": "float",
        "nextAttemptAt": "str | None",
        "deliveredAt": "str | None",
        "lastError": "str | None",
    },
)

Budget = TypedDict(
    "Budget",
    {
        "id": "str",
        "organizationId": "str",
        "workspaceId": "str | None",
        "codeAgentId": "str | None",
        "userId": "str | None",
        "period": "Literal['day', 'month']",
        "limitNanoUsd": "int",
        "action": "Literal['warn', 'refuse']",
        "setBy": "Literal['installation', 'organization', 'workspace']",
        "changedAt": "str",
        "changedBy": "str",
        "from": "str",
        "resetsAt": "str",
        "spentNanoUsd": "int",
        "reservedNanoUsd": "int",
        "runningCount": "int",
        "count": "int",
        "unpricedCount": "int",
        "usedRatio": "float",
        "state": "Literal['ok', 'warning', 'exceeded']",
        "warnings": "list[BudgetWarningsItem]",
    },
)

BudgetWarningsItem = TypedDict(
    "BudgetWarningsItem",
    {
        "percent": "Literal[50] | Literal[80] | Literal[100]",
        "at": "str",
    },
)

Costs = TypedDict(
    "Costs",
    {
        "window": "Window",
        "total": "CostFigures",
        "groups": "list[CostsGroupsItem]",
        "other": "CostFigures | None",
        "previous": "NotRequired[CostsPrevious]",
        "change": "NotRequired[CostChange]",
    },
)

CostsGroupsItem = TypedDict(
    "CostsGroupsItem",
    {
        "key": "CostsGroupsItemKey",
        "count": "int",
        "successCount": "int",
        "costNanoUsd": "float | None",
        "costRunNanoUsd": "float | None",
        "costAllocatedNanoUsd": "float | None",
        "costTokensNanoUsd": "float | None",
        "perSuccessNanoUsd": "float | None",
        "unpricedCount": "int",
        "tokensUnpricedCount": "int",
        "failures": "CostShare",
        "timeouts": "CostShare",
        "change": "NotRequired[CostChange]",
    },
)

CostsGroupsItemKey = TypedDict(
    "CostsGroupsItemKey",
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

CostsPrevious = TypedDict(
    "CostsPrevious",
    {
        "window": "Window",
        "total": "CostFigures",
        "groups": "list[CostsPreviousGroupsItem]",
        "other": "CostFigures | None",
    },
)

CostsPreviousGroupsItem = TypedDict(
    "CostsPreviousGroupsItem",
    {
        "key": "CostsPreviousGroupsItemKey",
        "count": "int",
        "successCount": "int",
        "costNanoUsd": "float | None",
        "costRunNanoUsd": "float | None",
        "costAllocatedNanoUsd": "float | None",
        "costTokensNanoUsd": "float | None",
        "perSuccessNanoUsd": "float | None",
        "unpricedCount": "int",
        "tokensUnpricedCount": "int",
        "failures": "CostShare",
        "timeouts": "CostShare",
        "change": "NotRequired[CostChange]",
    },
)

CostsPreviousGroupsItemKey = TypedDict(
    "CostsPreviousGroupsItemKey",
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

CostFigures = TypedDict(
    "CostFigures",
    {
        "count": "int",
        "successCount": "int",
        "costNanoUsd": "float | None",
        "costRunNanoUsd": "float | None",
        "costAllocatedNanoUsd": "float | None",
        "costTokensNanoUsd": "float | None",
        "perSuccessNanoUsd": "float | None",
        "unpricedCount": "int",
        "tokensUnpricedCount": "int",
        "failures": "CostShare",
        "timeouts": "CostShare",
    },
)

CostShare = TypedDict(
    "CostShare",
    {
        "count": "int",
        "costNanoUsd": "float | None",
    },
)

CostChange = TypedDict(
    "CostChange",
    {
        "count": "CostChangeCount",
        "costNanoUsd": "CostChangeCostNanoUsd",
        "perSuccessNanoUsd": "CostChangePerSuccessNanoUsd",
    },
)

CostChangeCount = TypedDict(
    "CostChangeCount",
    {
        "by": "float | None",
        "ratio": "float | None",
    },
)

CostChangeCostNanoUsd = TypedDict(
    "CostChangeCostNanoUsd",
    {
        "by": "float | None",
        "ratio": "float | None",
    },
)

CostChangePerSuccessNanoUsd = TypedDict(
    "CostChangePerSuccessNanoUsd",
    {
        "by": "float | None",
        "ratio": "float | None",
    },
)

CostSeries = TypedDict(
    "CostSeries",
    {
        "window": "Window",
        "bucket": "Literal['hour', 'day', 'week', 'month']",
        "buckets": "list[CostSeriesBucketsItem]",
    },
)

CostSeriesBucketsItem = TypedDict(
    "CostSeriesBucketsItem",
    {
        "from": "str",
        "to": "str",
        "complete": "bool",
        "total": "CostFigures",
        "groups": "list[CostSeriesBucketsItemGroupsItem]",
        "other": "CostFigures | None",
    },
)

CostSeriesBucketsItemGroupsItem = TypedDict(
    "CostSeriesBucketsItemGroupsItem",
    {
        "key": "CostSeriesBucketsItemGroupsItemKey",
        "count": "int",
        "successCount": "int",
        "costNanoUsd": "float | None",
        "costRunNanoUsd": "float | None",
        "costAllocatedNanoUsd": "float | None",
        "costTokensNanoUsd": "float | None",
        "perSuccessNanoUsd": "float | None",
        "unpricedCount": "int",
        "tokensUnpricedCount": "int",
        "failures": "CostShare",
        "timeouts": "CostShare",
        "change": "NotRequired[CostChange]",
    },
)

CostSeriesBucketsItemGroupsItemKey = TypedDict(
    "CostSeriesBucketsItemGroupsItemKey",
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

CostForecast = TypedDict(
    "CostForecast",
    {
        "month": "Window",
        "spentNanoUsd": "float",
        "forecastNanoUsd": "float | None",
        "lowNanoUsd": "float | None",
        "highNanoUsd": "float | None",
        "historyDays": "int",
        "method": "str",
        "unpricedCount": "int",
    },
)

PriceLines = TypedDict(
    "PriceLines",
    {
        "resources": "list[PriceLinesResourcesItem]",
        "models": "list[PriceLinesModelsItem]",
    },
)

PriceLinesResourcesItem = TypedDict(
    "PriceLinesResourcesItem",
    {
        "id": "str",
        "from": "str",
        "source": "str",
        "runtimes": "list[Literal['vm2', 'subprocess', 'wasmedge', 'e2b', 'bacalhau']]",
        "usdPerVcpuSecond": "str | None",
        "usdPerGibSecond": "str | None",
    },
)

PriceLinesModelsItem = TypedDict(
    "PriceLinesModelsItem",
    {
        "id": "str",
        "from": "str",
        "source": "str",
        "model": "str",
        "usdPerMillionInputTokens": "str",
        "usdPerMillionOutputTokens": "str",
    },
)

CostWhatIf = TypedDict(
    "CostWhatIf",
    {
        "window": "Window",
        "runtime": "Literal['vm2', 'subprocess', 'wasmedge', 'e2b', 'bacalhau']",
        "count": "int",
        "actual": "CostWhatIfActual",
        "estimate": "CostWhatIfEstimate",
        "assumptions": "list[str]",
    },
)

CostWhatIfActual = TypedDict(
    "CostWhatIfActual",
    {
        "costNanoUsd": "float | None",
        "unpricedCount": "int",
    },
)

CostWhatIfEstimate = TypedDict(
    "CostWhatIfEstimate",
    {
        "costRunNanoUsd": "float | None",
        "costAllocatedNanoUsd": "float | None",
        "priceId": "str | None",
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
        "trend": "NotRequired[Trend]",
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

Trend = TypedDict(
    "Trend",
    {
        "counts": "list[int]",
        "failures": "list[int]",
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
        "byOutcome": "dict[str, int]",
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
        "action": "Literal['key.create', 'key.adopt', 'key.revoke', 'error.resolve', 'error.ignore', 'error.assign', 'error.reopen', 'alert.rule.create', 'alert.rule.change', 'alert.rule.delete', 'alert.acknowledge', 'alert.resolve', 'alert.silence', 'alert.unsilence', 'alert.channel.create', 'alert.channel.change', 'alert.channel.delete', 'content.link', 'budget.set', 'budget.delete', 'registry.namespace.create', 'registry.namespace.offer', 'registry.namespace.accept', 'registry.namespace.decline', 'registry.publish', 'registry.fork', 'registry.change', 'registry.deprecate', 'registry.yank', 'registry.restore', 'registry.tag', 'registry.untag', 'registry.review', 'registry.install', 'registry.uninstall', 'registry.report', 'registry.report.resolve', 'registry.key.create', 'registry.key.revoke']",
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

AgentSummary = TypedDict(
    "AgentSummary",
    {
        "name": "str",
        "organizationId": "str",
        "visibility": "Literal['private', 'workspace', 'organization', 'public']",
        "version": "str",
        "status": "Literal['active', 'deprecated', 'yanked']",
        "statusReason": "str | None",
        "description": "str",
        "language": "str",
        "runtimes": "list[str]",
        "topics": "list[str]",
        "license": "str | None",
        "isSigned": "bool",
        "isReviewed": "bool",
        "createdAt": "str",
        "updatedAt": "str",
        "isMine": "bool",
        "statistics": "AgentStatistics | None",
    },
)

AgentStatistics = TypedDict(
    "AgentStatistics",
    {
        "runs": "int",
        "successRate": "float | None",
        "p50Ms": "float | None",
        "p95Ms": "float | None",
        "costPerRunNanoUsd": "float | None",
        "pricedRuns": "int",
        "recentRuns": "int",
        "earlierRuns": "int",
        "lastRunAt": "str | None",
        "refreshedAt": "str",
    },
)

AgentFacets = TypedDict(
    "AgentFacets",
    {
        "agents": "int",
        "isCapped": "bool",
        "language": "list[AgentFacetsLanguageItem]",
        "runtime": "list[AgentFacetsRuntimeItem]",
        "topic": "list[AgentFacetsTopicItem]",
        "license": "list[AgentFacetsLicenseItem]",
    },
)

AgentFacetsLanguageItem = TypedDict(
    "AgentFacetsLanguageItem",
    {
        "value": "str",
        "count": "int",
    },
)

AgentFacetsRuntimeItem = TypedDict(
    "AgentFacetsRuntimeItem",
    {
        "value": "str",
        "count": "int",
    },
)

AgentFacetsTopicItem = TypedDict(
    "AgentFacetsTopicItem",
    {
        "value": "str",
        "count": "int",
    },
)

AgentFacetsLicenseItem = TypedDict(
    "AgentFacetsLicenseItem",
    {
        "value": "str",
        "count": "int",
    },
)

RegistryAgent = TypedDict(
    "RegistryAgent",
    {
        "name": "str",
        "organizationId": "str",
        "visibility": "Literal['private', 'workspace', 'organization', 'public']",
        "version": "str",
        "status": "Literal['active', 'deprecated', 'yanked']",
        "statusReason": "str | None",
        "description": "str",
        "language": "str",
        "runtimes": "list[str]",
        "topics": "list[str]",
        "license": "str | None",
        "isSigned": "bool",
        "isReviewed": "bool",
        "createdAt": "str",
        "updatedAt": "str",
        "isMine": "bool",
        "statistics": "AgentStatistics | None",
        "workspaceId": "str | None",
        "forkedFrom": "str | None",
        "tags": "dict[str, str]",
        "installed": "RegistryAgentInstalled | None",
        "versions": "list[AgentVersionSummary]",
    },
)

RegistryAgentInstalled = TypedDict(
    "RegistryAgentInstalled",
    {
        "reference": "str",
        "version": "str",
    },
)

AgentVersionSummary = TypedDict(
    "AgentVersionSummary",
    {
        "version": "str",
        "status": "Literal['active', 'deprecated', 'yanked']",
        "statusReason": "str | None",
        "statusAt": "str | None",
        "review": "Literal['pending', 'approved', 'refused'] | None",
        "reviewReason": "str | None",
        "sha256": "str",
        "codeSha256": "str",
        "publishedAt": "str",
        "publisherId": "str",
        "publishedBy": "str | None",
        "isSigned": "bool",
        "statistics": "AgentStatistics | None",
    },
)

AgentVersion = TypedDict(
    "AgentVersion",
    {
        "name": "str",
        "version": "str",
        "status": "Literal['active', 'deprecated', 'yanked']",
        "statusReason": "str | None",
        "statusAt": "str | None",
        "review": "Literal['pending', 'approved', 'refused'] | None",
        "reviewReason": "str | None",
        "sha256": "str",
        "codeSha256": "str",
        "publishedAt": "str",
        "publisherId": "str",
        "publishedBy": "str | None",
        "isSigned": "bool",
        "statistics": "AgentStatistics | None",
        "definition": "AgentVersionDefinition",
        "signature": "dict[str, Any] | None",
        "signer": "AgentVersionSigner | None",
        "checks": "dict[str, Any]",
        "warnings": "list[str]",
    },
)

AgentVersionDefinition = TypedDict(
    "AgentVersionDefinition",
    {
        "name": "str",
        "version": "str",
        "description": "str",
        "language": "Literal['javascript', 'typescript', 'python', 'bash']",
        "code": "str",
        "files": "NotRequired[list[AgentVersionDefinitionFilesItem]]",
        "runtimes": "list[Literal['vm2', 'subprocess', 'wasmedge', 'e2b', 'bacalhau']]",
        "limits": "NotRequired[AgentVersionDefinitionLimits]",
        "network": "NotRequired[Literal['none', 'host'] | AgentVersionDefinitionNetwork1]",
        "policy": "NotRequired[AgentVersionDefinitionPolicy]",
        "inputSchema": "NotRequired[bool | dict[str, Any]]",
        "outputSchema": "NotRequired[bool | dict[str, Any]]",
        "examples": "NotRequired[list[AgentVersionDefinitionExamplesItem]]",
        "readme": "NotRequired[str]",
        "license": "str",
        "topics": "NotRequired[list[str]]",
        "source": "NotRequired[AgentVersionDefinitionSource]",
    },
)

AgentVersionDefinitionFilesItem = TypedDict(
    "AgentVersionDefinitionFilesItem",
    {
        "path": "str",
        "content": "str",
        "encoding": "NotRequired[Literal['utf8', 'base64']]",
    },
)

AgentVersionDefinitionLimits = TypedDict(
    "AgentVersionDefinitionLimits",
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

AgentVersionDefinitionNetwork1 = TypedDict(
    "AgentVersionDefinitionNetwork1",
    {
        "allow": "list[str]",
    },
)

AgentVersionDefinitionPolicy = TypedDict(
    "AgentVersionDefinitionPolicy",
    {
        "denyModules": "NotRequired[list[str]]",
        "denyPatterns": "NotRequired[list[str]]",
    },
)

AgentVersionDefinitionExamplesItem = TypedDict(
    "AgentVersionDefinitionExamplesItem",
    {
        "name": "str",
        "input": "NotRequired[Any]",
        "output": "NotRequired[Any]",
    },
)

AgentVersionDefinitionSource = TypedDict(
    "AgentVersionDefinitionSource",
    {
        "repository": "str",
        "commit": "str",
    },
)

AgentVersionSigner = TypedDict(
    "AgentVersionSigner",
    {
        "keyId": "str | None",
        "keyName": "str | None",
        "revokedAt": "str | None",
        "issue": "str | None",
    },
)

AgentReport = TypedDict(
    "AgentReport",
    {
        "id": "str",
        "agent": "str",
        "version": "str | None",
        "organizationId": "str",
        "workspaceId": "str | None",
        "reportedBy": "str",
        "kind": "Literal['malicious', 'broken', 'misleading', 'licence', 'other']",
        "message": "str",
        "createdAt": "str",
        "resolution": "str | None",
        "resolvedAt": "str | None",
        "resolvedBy": "str | None",
    },
)

AgentInstall = TypedDict(
    "AgentInstall",
    {
        "name": "str",
        "organizationId": "str",
        "workspaceId": "str | None",
        "reference": "str",
        "version": "str",
        "status": "Literal['active', 'deprecated', 'yanked', 'unavailable']",
        "statusReason": "str | None",
        "installedAt": "str",
        "installedBy": "str",
        "update": "str | None",
        "instead": "str | None",
        "newest": "str | None",
        "warnings": "list[str]",
    },
)

AgentNamespace = TypedDict(
    "AgentNamespace",
    {
        "name": "str",
        "organizationId": "str",
        "createdAt": "str",
        "createdBy": "str | None",
        "offeredTo": "str | None",
        "offeredAt": "str | None",
        "declinedBy": "str | None",
        "declinedAt": "str | None",
        "movedFrom": "str | None",
        "movedAt": "str | None",
    },
)

SigningKey = TypedDict(
    "SigningKey",
    {
        "id": "str",
        "organizationId": "str",
        "name": "str",
        "publicKey": "str",
        "createdAt": "str",
        "createdBy": "str",
        "revokedAt": "str | None",
        "revokedBy": "str | None",
        "signed": "list[SigningKeySignedItem]",
    },
)

SigningKeySignedItem = TypedDict(
    "SigningKeySignedItem",
    {
        "name": "str",
        "version": "str",
        "publishedAt": "str",
    },
)

AgentReview = TypedDict(
    "AgentReview",
    {
        "name": "str",
        "version": "str",
        "organizationId": "str",
        "sha256": "str",
        "publishedAt": "str",
    },
)
