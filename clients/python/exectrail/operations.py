"""The operations of the service, by their names in its OpenAPI document."""

# Written by tools/python-client.ts from the OpenAPI document. Do not edit.

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Sequence

from . import types
from ._transport import ABSENT, Transport


class Operations:
    """Every method raises `ProblemError`. `timeout` is in seconds."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def health(
        self,
        *,
        timeout: float | None = None,
    ) -> types.HealthReply:
        """Whether the service runs at all."""
        return self._transport.call(
            "GET",
            "/healthz",
            path_values={},
            query={},
            body=None,
            timeout=timeout,
        )

    def readiness(
        self,
        *,
        timeout: float | None = None,
    ) -> types.Readiness:
        """Whether code can be run and its record kept; 503 names the part that fails."""
        return self._transport.call(
            "GET",
            "/readyz",
            path_values={},
            query={},
            body=None,
            timeout=timeout,
        )

    def get_session(
        self,
        *,
        timeout: float | None = None,
    ) -> types.Session:
        """The key of this request and what it permits."""
        return self._transport.call(
            "GET",
            "/v1/session",
            path_values={},
            query={},
            body=None,
            timeout=timeout,
        )

    def get_pipeline(
        self,
        *,
        timeout: float | None = None,
    ) -> types.Pipeline:
        """The way of the records: what the outbox, the Collector and each sink hold, passed on and lost."""
        return self._transport.call(
            "GET",
            "/v1/pipeline",
            path_values={},
            query={},
            body=None,
            timeout=timeout,
        )

    def get_retention(
        self,
        *,
        timeout: float | None = None,
    ) -> types.Retention:
        """How long each table of the store keeps its rows, and what it holds."""
        return self._transport.call(
            "GET",
            "/v1/retention",
            path_values={},
            query={},
            body=None,
            timeout=timeout,
        )

    def list_executions(
        self,
        *,
        organization: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
        execution_id: str | Sequence[str] | None = None,
        workspace_id: str | Sequence[str] | None = None,
        user_id: str | Sequence[str] | None = None,
        code_agent_id: str | Sequence[str] | None = None,
        workflow_execution_id: str | Sequence[str] | None = None,
        node_id: str | Sequence[str] | None = None,
        runtime: str | Sequence[str] | None = None,
        language: str | Sequence[str] | None = None,
        isolation: str | Sequence[str] | None = None,
        outcome: str | Sequence[str] | None = None,
        error_type: str | Sequence[str] | None = None,
        error_fingerprint: str | Sequence[str] | None = None,
        model: str | Sequence[str] | None = None,
        code_sha256: str | Sequence[str] | None = None,
        tool_call_id: str | Sequence[str] | None = None,
        conversation_id: str | Sequence[str] | None = None,
        replay_of: str | Sequence[str] | None = None,
        trace_id: str | Sequence[str] | None = None,
        where: str | Sequence[str] | None = None,
        q: str | None = None,
        order: Literal["newest", "duration", "memory", "cost"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        fields: str | None = None,
        timeout: float | None = None,
    ) -> types.ExecutionPage:
        """Executions, newest first."""
        return self._transport.call(
            "GET",
            "/v1/executions",
            path_values={},
            query={"organization": organization, "from": from_, "to": to, "executionId": execution_id, "workspaceId": workspace_id, "userId": user_id, "codeAgentId": code_agent_id, "workflowExecutionId": workflow_execution_id, "nodeId": node_id, "runtime": runtime, "language": language, "isolation": isolation, "outcome": outcome, "errorType": error_type, "errorFingerprint": error_fingerprint, "model": model, "codeSha256": code_sha256, "toolCallId": tool_call_id, "conversationId": conversation_id, "replayOf": replay_of, "traceId": trace_id, "where": where, "q": q, "order": order, "limit": limit, "cursor": cursor, "fields": fields},
            body=None,
            timeout=timeout,
        )

    def run_code(
        self,
        *,
        runtime: Literal["vm2", "subprocess", "wasmedge", "e2b", "bacalhau"] | None = None,
        language: Literal["javascript", "typescript", "python", "bash"] | None = None,
        code: str | None = None,
        input: Any = ABSENT,
        limits: types.RunCodeLimits | None = None,
        context: types.RunCodeContext | None = None,
        env: dict[str, str] | None = None,
        files: list[types.RunCodeFilesItem] | None = None,
        network: Literal["none", "host"] | types.RunCodeNetwork1 | None = None,
        policy: types.RunCodePolicy | None = None,
        input_schema: bool | dict[str, Any] | None = None,
        output_schema: bool | dict[str, Any] | None = None,
        usage: types.RunCodeUsage | None = None,
        attempt: int | None = None,
        idempotency_key: str | None = None,
        agent: str | None = None,
        timeout: float | None = None,
    ) -> types.ExecutionResult | types.RunningExecution:
        """Run code or a code agent once; with `Prefer: respond-async` begin it and answer at once."""
        return self._transport.call(
            "POST",
            "/v1/executions",
            path_values={},
            query={},
            body={"runtime": runtime, "language": language, "code": code, "input": input, "limits": limits, "context": context, "env": env, "files": files, "network": network, "policy": policy, "inputSchema": input_schema, "outputSchema": output_schema, "usage": usage, "attempt": attempt, "idempotencyKey": idempotency_key, "agent": agent},
            timeout=timeout,
        )

    def replay_execution(
        self,
        id: str,
        *,
        organization: str | None = None,
        runtime: Literal["vm2", "subprocess", "wasmedge", "e2b", "bacalhau"] | None = None,
        language: Literal["javascript", "typescript", "python", "bash"] | None = None,
        input: Any = ABSENT,
        limits: types.ReplayExecutionLimits | None = None,
        env: dict[str, str] | None = None,
        files: list[types.ReplayExecutionFilesItem] | None = None,
        network: Literal["none", "host"] | types.ReplayExecutionNetwork1 | None = None,
        context: types.ReplayExecutionContext | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> types.ExecutionResult | types.RunningExecution:
        """Run an execution again, as it was or with changes; with `Prefer: respond-async` begin it."""
        return self._transport.call(
            "POST",
            "/v1/executions/{id}/replay",
            path_values={"id": id},
            query={"organization": organization},
            body={"runtime": runtime, "language": language, "input": input, "limits": limits, "env": env, "files": files, "network": network, "context": context, "idempotencyKey": idempotency_key},
            timeout=timeout,
        )

    def get_execution(
        self,
        id: str,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.Execution | types.RunningExecution:
        """One execution, with its code, input and output."""
        return self._transport.call(
            "GET",
            "/v1/executions/{id}",
            path_values={"id": id},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def cancel_execution(
        self,
        id: str,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.Cancellation:
        """End an execution that waits or runs; asked again it answers the same."""
        return self._transport.call(
            "POST",
            "/v1/executions/{id}/cancel",
            path_values={"id": id},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def list_out_files(
        self,
        id: str,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.ListOutFilesReply:
        """Files that the execution left in `/out`."""
        return self._transport.call(
            "GET",
            "/v1/executions/{id}/files",
            path_values={"id": id},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def create_content_link(
        self,
        id: str,
        *,
        organization: str | None = None,
        part: Literal["stdout", "stderr", "code", "input", "request", "result"] | None = None,
        file: str | None = None,
        expires_in_seconds: int | None = None,
        timeout: float | None = None,
    ) -> types.CreateContentLinkReply:
        """Make a link to content that needs no key, for a short time."""
        return self._transport.call(
            "POST",
            "/v1/executions/{id}/links",
            path_values={"id": id},
            query={"organization": organization},
            body={"part": part, "file": file, "expiresInSeconds": expires_in_seconds},
            timeout=timeout,
        )

    def get_health_report(
        self,
        *,
        organization: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
        execution_id: str | Sequence[str] | None = None,
        workspace_id: str | Sequence[str] | None = None,
        user_id: str | Sequence[str] | None = None,
        code_agent_id: str | Sequence[str] | None = None,
        workflow_execution_id: str | Sequence[str] | None = None,
        node_id: str | Sequence[str] | None = None,
        runtime: str | Sequence[str] | None = None,
        language: str | Sequence[str] | None = None,
        isolation: str | Sequence[str] | None = None,
        outcome: str | Sequence[str] | None = None,
        error_type: str | Sequence[str] | None = None,
        error_fingerprint: str | Sequence[str] | None = None,
        model: str | Sequence[str] | None = None,
        code_sha256: str | Sequence[str] | None = None,
        tool_call_id: str | Sequence[str] | None = None,
        conversation_id: str | Sequence[str] | None = None,
        replay_of: str | Sequence[str] | None = None,
        trace_id: str | Sequence[str] | None = None,
        where: str | Sequence[str] | None = None,
        q: str | None = None,
        timeout: float | None = None,
    ) -> types.HealthReport:
        """A verdict on the last day against the week before, in words, with the figures behind it."""
        return self._transport.call(
            "GET",
            "/v1/health-report",
            path_values={},
            query={"organization": organization, "from": from_, "to": to, "executionId": execution_id, "workspaceId": workspace_id, "userId": user_id, "codeAgentId": code_agent_id, "workflowExecutionId": workflow_execution_id, "nodeId": node_id, "runtime": runtime, "language": language, "isolation": isolation, "outcome": outcome, "errorType": error_type, "errorFingerprint": error_fingerprint, "model": model, "codeSha256": code_sha256, "toolCallId": tool_call_id, "conversationId": conversation_id, "replayOf": replay_of, "traceId": trace_id, "where": where, "q": q},
            body=None,
            timeout=timeout,
        )

    def list_running(
        self,
        *,
        organization: str | None = None,
        execution_id: str | Sequence[str] | None = None,
        workspace_id: str | Sequence[str] | None = None,
        user_id: str | Sequence[str] | None = None,
        code_agent_id: str | Sequence[str] | None = None,
        workflow_execution_id: str | Sequence[str] | None = None,
        node_id: str | Sequence[str] | None = None,
        runtime: str | Sequence[str] | None = None,
        language: str | Sequence[str] | None = None,
        isolation: str | Sequence[str] | None = None,
        outcome: str | Sequence[str] | None = None,
        error_type: str | Sequence[str] | None = None,
        error_fingerprint: str | Sequence[str] | None = None,
        model: str | Sequence[str] | None = None,
        code_sha256: str | Sequence[str] | None = None,
        tool_call_id: str | Sequence[str] | None = None,
        conversation_id: str | Sequence[str] | None = None,
        replay_of: str | Sequence[str] | None = None,
        trace_id: str | Sequence[str] | None = None,
        where: str | Sequence[str] | None = None,
        q: str | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> types.Running:
        """Executions that wait or run now, the oldest first."""
        return self._transport.call(
            "GET",
            "/v1/running",
            path_values={},
            query={"organization": organization, "executionId": execution_id, "workspaceId": workspace_id, "userId": user_id, "codeAgentId": code_agent_id, "workflowExecutionId": workflow_execution_id, "nodeId": node_id, "runtime": runtime, "language": language, "isolation": isolation, "outcome": outcome, "errorType": error_type, "errorFingerprint": error_fingerprint, "model": model, "codeSha256": code_sha256, "toolCallId": tool_call_id, "conversationId": conversation_id, "replayOf": replay_of, "traceId": trace_id, "where": where, "q": q, "limit": limit},
            body=None,
            timeout=timeout,
        )

    def list_alert_rules(
        self,
        *,
        organization: str | None = None,
        owner: Literal["any", "own"] | None = None,
        timeout: float | None = None,
    ) -> types.ListAlertRulesReply:
        """Alert rules by name, at most 1000."""
        return self._transport.call(
            "GET",
            "/v1/alerts/rules",
            path_values={},
            query={"organization": organization, "owner": owner},
            body=None,
            timeout=timeout,
        )

    def create_alert_rule(
        self,
        *,
        name: str,
        condition: types.CreateAlertRuleCondition | types.CreateAlertRuleCondition1 | types.CreateAlertRuleCondition2 | types.CreateAlertRuleCondition3 | types.CreateAlertRuleCondition4 | types.CreateAlertRuleCondition5 | types.CreateAlertRuleCondition6 | types.CreateAlertRuleCondition7 | types.CreateAlertRuleCondition8,
        organization: str | None = None,
        description: str | None = None,
        enabled: bool | None = None,
        filter: types.CreateAlertRuleFilter | None = None,
        window_seconds: int | None = None,
        every_seconds: int | None = None,
        breaches: types.CreateAlertRuleBreaches | None = None,
        group_by: list[Literal["runtime", "language", "codeAgentId", "codeAgentVersion", "workflowExecutionId", "nodeId", "workspaceId", "userId", "model", "outcome", "errorType"]] | None = None,
        minimum_count: int | None = None,
        no_data: Literal["ok", "alert", "keep", "last"] | None = None,
        attempts: Literal["last", "all"] | None = None,
        delay_seconds: int | None = None,
        renotify_seconds: int | None = None,
        mute: list[types.CreateAlertRuleMuteItem] | None = None,
        channels: list[str] | None = None,
        timeout: float | None = None,
    ) -> types.AlertRule:
        """Make an alert rule, which is evaluated from now on."""
        return self._transport.call(
            "POST",
            "/v1/alerts/rules",
            path_values={},
            query={"organization": organization},
            body={"name": name, "description": description, "enabled": enabled, "condition": condition, "filter": filter, "windowSeconds": window_seconds, "everySeconds": every_seconds, "breaches": breaches, "groupBy": group_by, "minimumCount": minimum_count, "noData": no_data, "attempts": attempts, "delaySeconds": delay_seconds, "renotifySeconds": renotify_seconds, "mute": mute, "channels": channels},
            timeout=timeout,
        )

    def dry_run_alert_rule(
        self,
        *,
        rule: types.DryRunAlertRuleRule,
        organization: str | None = None,
        range: Literal["24h", "30d"] | None = None,
        timeout: float | None = None,
    ) -> types.AlertDryRun:
        """What a rule would have done over the past, by the code that evaluates it; notifies no one."""
        return self._transport.call(
            "POST",
            "/v1/alerts/rules/dry-run",
            path_values={},
            query={"organization": organization},
            body={"rule": rule, "range": range},
            timeout=timeout,
        )

    def get_alert_rule(
        self,
        id: str,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.AlertRule:
        """One alert rule."""
        return self._transport.call(
            "GET",
            "/v1/alerts/rules/{id}",
            path_values={"id": id},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def change_alert_rule(
        self,
        id: str,
        *,
        organization: str | None = None,
        name: str | None = None,
        description: str | None = None,
        enabled: bool | None = None,
        condition: types.ChangeAlertRuleCondition | types.ChangeAlertRuleCondition1 | types.ChangeAlertRuleCondition2 | types.ChangeAlertRuleCondition3 | types.ChangeAlertRuleCondition4 | types.ChangeAlertRuleCondition5 | types.ChangeAlertRuleCondition6 | types.ChangeAlertRuleCondition7 | types.ChangeAlertRuleCondition8 | None = None,
        filter: types.ChangeAlertRuleFilter | None = None,
        window_seconds: int | None = None,
        every_seconds: int | None = None,
        breaches: types.ChangeAlertRuleBreaches | None = None,
        group_by: list[Literal["runtime", "language", "codeAgentId", "codeAgentVersion", "workflowExecutionId", "nodeId", "workspaceId", "userId", "model", "outcome", "errorType"]] | None = None,
        minimum_count: int | None = None,
        no_data: Literal["ok", "alert", "keep", "last"] | None = None,
        attempts: Literal["last", "all"] | None = None,
        delay_seconds: int | None = None,
        renotify_seconds: int | None = None,
        mute: list[types.ChangeAlertRuleMuteItem] | None = None,
        channels: list[str] | None = None,
        timeout: float | None = None,
    ) -> types.AlertRule:
        """Change fields of an alert rule; open alerts end where what is watched changes."""
        return self._transport.call(
            "PATCH",
            "/v1/alerts/rules/{id}",
            path_values={"id": id},
            query={"organization": organization},
            body={"name": name, "description": description, "enabled": enabled, "condition": condition, "filter": filter, "windowSeconds": window_seconds, "everySeconds": every_seconds, "breaches": breaches, "groupBy": group_by, "minimumCount": minimum_count, "noData": no_data, "attempts": attempts, "delaySeconds": delay_seconds, "renotifySeconds": renotify_seconds, "mute": mute, "channels": channels},
            timeout=timeout,
        )

    def delete_alert_rule(
        self,
        id: str,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.AlertRule:
        """Delete an alert rule with its alerts and its history."""
        return self._transport.call(
            "DELETE",
            "/v1/alerts/rules/{id}",
            path_values={"id": id},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def list_alert_evaluations(
        self,
        id: str,
        *,
        organization: str | None = None,
        limit: int | None = None,
        before: str | datetime | None = None,
        state: str | Sequence[str] | None = None,
        timeout: float | None = None,
    ) -> types.ListAlertEvaluationsReply:
        """The windows of a rule that were evaluated, the newest first, each with its value and why."""
        return self._transport.call(
            "GET",
            "/v1/alerts/rules/{id}/evaluations",
            path_values={"id": id},
            query={"organization": organization, "limit": limit, "before": before, "state": state},
            body=None,
            timeout=timeout,
        )

    def list_alert_channels(
        self,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.ListAlertChannelsReply:
        """Channels of alerts, without their secrets."""
        return self._transport.call(
            "GET",
            "/v1/alerts/channels",
            path_values={},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def save_alert_channel(
        self,
        *,
        name: str,
        kind: Literal["webhook", "slack", "teams", "discord", "pagerduty", "opsgenie", "email"],
        organization: str | None = None,
        settings: dict[str, Any] | None = None,
        secret: dict[str, Any] | None = None,
        hourly_limit: int | None = None,
        timeout: float | None = None,
    ) -> types.SavedAlertChannel:
        """Make a channel, or change the one of that name; it is saved if a test message comes through."""
        return self._transport.call(
            "POST",
            "/v1/alerts/channels",
            path_values={},
            query={"organization": organization},
            body={"name": name, "kind": kind, "settings": settings, "secret": secret, "hourlyLimit": hourly_limit},
            timeout=timeout,
        )

    def test_alert_channel(
        self,
        id: str,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.AlertChannel:
        """Send a test message."""
        return self._transport.call(
            "POST",
            "/v1/alerts/channels/{id}/test",
            path_values={"id": id},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def delete_alert_channel(
        self,
        id: str,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.AlertChannel:
        """Delete a channel; what waits for it is not sent."""
        return self._transport.call(
            "DELETE",
            "/v1/alerts/channels/{id}",
            path_values={"id": id},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def list_alerts(
        self,
        *,
        organization: str | None = None,
        limit: int | None = None,
        phase: str | Sequence[str] | None = None,
        rule_id: str | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> types.ListAlertsReply:
        """Alerts, the newest first."""
        return self._transport.call(
            "GET",
            "/v1/alerts",
            path_values={},
            query={"organization": organization, "limit": limit, "phase": phase, "ruleId": rule_id, "cursor": cursor},
            body=None,
            timeout=timeout,
        )

    def list_alert_silences(
        self,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.ListAlertSilencesReply:
        """Silences that have not ended, at most 1000."""
        return self._transport.call(
            "GET",
            "/v1/alerts/silences",
            path_values={},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def silence_alerts(
        self,
        *,
        ends_at: str,
        organization: str | None = None,
        rule_id: str | None = None,
        matches: dict[str, str | None] | None = None,
        comment: str | None = None,
        starts_at: str | None = None,
        timeout: float | None = None,
    ) -> types.AlertSilence:
        """Silence alerts for a time: they are evaluated without notifications."""
        return self._transport.call(
            "POST",
            "/v1/alerts/silences",
            path_values={},
            query={"organization": organization},
            body={"ruleId": rule_id, "matches": matches, "comment": comment, "startsAt": starts_at, "endsAt": ends_at},
            timeout=timeout,
        )

    def end_alert_silence(
        self,
        id: str,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.AlertSilence:
        """End a silence now."""
        return self._transport.call(
            "DELETE",
            "/v1/alerts/silences/{id}",
            path_values={"id": id},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def acknowledge_alert(
        self,
        id: str,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.Alert:
        """Acknowledge an alert, which stops its reminders."""
        return self._transport.call(
            "POST",
            "/v1/alerts/{id}/acknowledge",
            path_values={"id": id},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def resolve_alert(
        self,
        id: str,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.Alert:
        """End an alert; the next breach is a new one."""
        return self._transport.call(
            "POST",
            "/v1/alerts/{id}/resolve",
            path_values={"id": id},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def list_alert_notifications(
        self,
        id: str,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.ListAlertNotificationsReply:
        """What was sent of an alert, the newest first, at most 100."""
        return self._transport.call(
            "GET",
            "/v1/alerts/{id}/notifications",
            path_values={"id": id},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def list_budgets(
        self,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.ListBudgetsReply:
        """Budgets, and how much of each is used in the current day or month."""
        return self._transport.call(
            "GET",
            "/v1/budgets",
            path_values={},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def set_budget(
        self,
        *,
        period: Literal["day", "month"],
        limit_nano_usd: int,
        organization_id: str | None = None,
        workspace_id: str | None | None = None,
        code_agent_id: str | None | None = None,
        user_id: str | None | None = None,
        action: Literal["warn", "refuse"] | None = None,
        timeout: float | None = None,
    ) -> types.Budget:
        """Set what executions of an organization, workspace, agent or user may cost in a day or a month."""
        return self._transport.call(
            "PUT",
            "/v1/budgets",
            path_values={},
            query={},
            body={"organizationId": organization_id, "workspaceId": workspace_id, "codeAgentId": code_agent_id, "userId": user_id, "period": period, "limitNanoUsd": limit_nano_usd, "action": action},
            timeout=timeout,
        )

    def delete_budget(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> types.Budget:
        """Delete a budget."""
        return self._transport.call(
            "DELETE",
            "/v1/budgets/{id}",
            path_values={"id": id},
            query={},
            body=None,
            timeout=timeout,
        )

    def get_costs(
        self,
        *,
        organization: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
        execution_id: str | Sequence[str] | None = None,
        workspace_id: str | Sequence[str] | None = None,
        user_id: str | Sequence[str] | None = None,
        code_agent_id: str | Sequence[str] | None = None,
        workflow_execution_id: str | Sequence[str] | None = None,
        node_id: str | Sequence[str] | None = None,
        runtime: str | Sequence[str] | None = None,
        language: str | Sequence[str] | None = None,
        isolation: str | Sequence[str] | None = None,
        outcome: str | Sequence[str] | None = None,
        error_type: str | Sequence[str] | None = None,
        error_fingerprint: str | Sequence[str] | None = None,
        model: str | Sequence[str] | None = None,
        code_sha256: str | Sequence[str] | None = None,
        tool_call_id: str | Sequence[str] | None = None,
        conversation_id: str | Sequence[str] | None = None,
        replay_of: str | Sequence[str] | None = None,
        trace_id: str | Sequence[str] | None = None,
        where: str | Sequence[str] | None = None,
        q: str | None = None,
        group_by: str | Sequence[str] | None = None,
        order: Literal["cost", "tokens", "failures", "perSuccess", "count"] | None = None,
        limit: int | None = None,
        compare: Literal["previous"] | None = None,
        timeout: float | None = None,
    ) -> types.Costs:
        """Costs, in total and grouped by up to two fields: of failures, of timeouts, per success."""
        return self._transport.call(
            "GET",
            "/v1/costs",
            path_values={},
            query={"organization": organization, "from": from_, "to": to, "executionId": execution_id, "workspaceId": workspace_id, "userId": user_id, "codeAgentId": code_agent_id, "workflowExecutionId": workflow_execution_id, "nodeId": node_id, "runtime": runtime, "language": language, "isolation": isolation, "outcome": outcome, "errorType": error_type, "errorFingerprint": error_fingerprint, "model": model, "codeSha256": code_sha256, "toolCallId": tool_call_id, "conversationId": conversation_id, "replayOf": replay_of, "traceId": trace_id, "where": where, "q": q, "groupBy": group_by, "order": order, "limit": limit, "compare": compare},
            body=None,
            timeout=timeout,
        )

    def get_cost_timeseries(
        self,
        *,
        organization: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
        execution_id: str | Sequence[str] | None = None,
        workspace_id: str | Sequence[str] | None = None,
        user_id: str | Sequence[str] | None = None,
        code_agent_id: str | Sequence[str] | None = None,
        workflow_execution_id: str | Sequence[str] | None = None,
        node_id: str | Sequence[str] | None = None,
        runtime: str | Sequence[str] | None = None,
        language: str | Sequence[str] | None = None,
        isolation: str | Sequence[str] | None = None,
        outcome: str | Sequence[str] | None = None,
        error_type: str | Sequence[str] | None = None,
        error_fingerprint: str | Sequence[str] | None = None,
        model: str | Sequence[str] | None = None,
        code_sha256: str | Sequence[str] | None = None,
        tool_call_id: str | Sequence[str] | None = None,
        conversation_id: str | Sequence[str] | None = None,
        replay_of: str | Sequence[str] | None = None,
        trace_id: str | Sequence[str] | None = None,
        where: str | Sequence[str] | None = None,
        q: str | None = None,
        group_by: str | Sequence[str] | None = None,
        order: Literal["cost", "tokens", "failures", "perSuccess", "count"] | None = None,
        limit: int | None = None,
        bucket: Literal["hour", "day", "week", "month"] | None = None,
        timeout: float | None = None,
    ) -> types.CostSeries:
        """Costs by hour, day, week or month, in total and by group."""
        return self._transport.call(
            "GET",
            "/v1/costs/timeseries",
            path_values={},
            query={"organization": organization, "from": from_, "to": to, "executionId": execution_id, "workspaceId": workspace_id, "userId": user_id, "codeAgentId": code_agent_id, "workflowExecutionId": workflow_execution_id, "nodeId": node_id, "runtime": runtime, "language": language, "isolation": isolation, "outcome": outcome, "errorType": error_type, "errorFingerprint": error_fingerprint, "model": model, "codeSha256": code_sha256, "toolCallId": tool_call_id, "conversationId": conversation_id, "replayOf": replay_of, "traceId": trace_id, "where": where, "q": q, "groupBy": group_by, "order": order, "limit": limit, "bucket": bucket},
            body=None,
            timeout=timeout,
        )

    def get_cost_forecast(
        self,
        *,
        organization: str | None = None,
        execution_id: str | Sequence[str] | None = None,
        workspace_id: str | Sequence[str] | None = None,
        user_id: str | Sequence[str] | None = None,
        code_agent_id: str | Sequence[str] | None = None,
        workflow_execution_id: str | Sequence[str] | None = None,
        node_id: str | Sequence[str] | None = None,
        runtime: str | Sequence[str] | None = None,
        language: str | Sequence[str] | None = None,
        isolation: str | Sequence[str] | None = None,
        outcome: str | Sequence[str] | None = None,
        error_type: str | Sequence[str] | None = None,
        error_fingerprint: str | Sequence[str] | None = None,
        model: str | Sequence[str] | None = None,
        code_sha256: str | Sequence[str] | None = None,
        tool_call_id: str | Sequence[str] | None = None,
        conversation_id: str | Sequence[str] | None = None,
        replay_of: str | Sequence[str] | None = None,
        trace_id: str | Sequence[str] | None = None,
        where: str | Sequence[str] | None = None,
        q: str | None = None,
        timeout: float | None = None,
    ) -> types.CostForecast:
        """What the current month is going to cost, with a range."""
        return self._transport.call(
            "GET",
            "/v1/costs/forecast",
            path_values={},
            query={"organization": organization, "executionId": execution_id, "workspaceId": workspace_id, "userId": user_id, "codeAgentId": code_agent_id, "workflowExecutionId": workflow_execution_id, "nodeId": node_id, "runtime": runtime, "language": language, "isolation": isolation, "outcome": outcome, "errorType": error_type, "errorFingerprint": error_fingerprint, "model": model, "codeSha256": code_sha256, "toolCallId": tool_call_id, "conversationId": conversation_id, "replayOf": replay_of, "traceId": trace_id, "where": where, "q": q},
            body=None,
            timeout=timeout,
        )

    def list_prices(
        self,
        *,
        timeout: float | None = None,
    ) -> types.PriceLines:
        """The lines of the price book, whose ids are the `priceId` of executions."""
        return self._transport.call(
            "GET",
            "/v1/costs/prices",
            path_values={},
            query={},
            body=None,
            timeout=timeout,
        )

    def get_cost_what_if(
        self,
        *,
        target: Literal["vm2", "subprocess", "wasmedge", "e2b", "bacalhau"],
        organization: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
        execution_id: str | Sequence[str] | None = None,
        workspace_id: str | Sequence[str] | None = None,
        user_id: str | Sequence[str] | None = None,
        code_agent_id: str | Sequence[str] | None = None,
        workflow_execution_id: str | Sequence[str] | None = None,
        node_id: str | Sequence[str] | None = None,
        runtime: str | Sequence[str] | None = None,
        language: str | Sequence[str] | None = None,
        isolation: str | Sequence[str] | None = None,
        outcome: str | Sequence[str] | None = None,
        error_type: str | Sequence[str] | None = None,
        error_fingerprint: str | Sequence[str] | None = None,
        model: str | Sequence[str] | None = None,
        code_sha256: str | Sequence[str] | None = None,
        tool_call_id: str | Sequence[str] | None = None,
        conversation_id: str | Sequence[str] | None = None,
        replay_of: str | Sequence[str] | None = None,
        trace_id: str | Sequence[str] | None = None,
        where: str | Sequence[str] | None = None,
        q: str | None = None,
        vcpus: float | None = None,
        memory_mb: int | None = None,
        timeout: float | None = None,
    ) -> types.CostWhatIf:
        """What the same executions would have cost on another runtime."""
        return self._transport.call(
            "GET",
            "/v1/costs/what-if",
            path_values={},
            query={"organization": organization, "from": from_, "to": to, "executionId": execution_id, "workspaceId": workspace_id, "userId": user_id, "codeAgentId": code_agent_id, "workflowExecutionId": workflow_execution_id, "nodeId": node_id, "runtime": runtime, "language": language, "isolation": isolation, "outcome": outcome, "errorType": error_type, "errorFingerprint": error_fingerprint, "model": model, "codeSha256": code_sha256, "toolCallId": tool_call_id, "conversationId": conversation_id, "replayOf": replay_of, "traceId": trace_id, "where": where, "q": q, "target": target, "vcpus": vcpus, "memoryMb": memory_mb},
            body=None,
            timeout=timeout,
        )

    def get_differences(
        self,
        *,
        organization: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
        execution_id: str | Sequence[str] | None = None,
        workspace_id: str | Sequence[str] | None = None,
        user_id: str | Sequence[str] | None = None,
        code_agent_id: str | Sequence[str] | None = None,
        workflow_execution_id: str | Sequence[str] | None = None,
        node_id: str | Sequence[str] | None = None,
        runtime: str | Sequence[str] | None = None,
        language: str | Sequence[str] | None = None,
        isolation: str | Sequence[str] | None = None,
        outcome: str | Sequence[str] | None = None,
        error_type: str | Sequence[str] | None = None,
        error_fingerprint: str | Sequence[str] | None = None,
        model: str | Sequence[str] | None = None,
        code_sha256: str | Sequence[str] | None = None,
        tool_call_id: str | Sequence[str] | None = None,
        conversation_id: str | Sequence[str] | None = None,
        replay_of: str | Sequence[str] | None = None,
        trace_id: str | Sequence[str] | None = None,
        where: str | Sequence[str] | None = None,
        q: str | None = None,
        a: str | Sequence[str] | None = None,
        b: str | Sequence[str] | None = None,
        a_from: str | datetime | None = None,
        a_to: str | datetime | None = None,
        b_from: str | datetime | None = None,
        b_to: str | datetime | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> types.Differences:
        """Which fields differ most between two sets of executions."""
        return self._transport.call(
            "GET",
            "/v1/differences",
            path_values={},
            query={"organization": organization, "from": from_, "to": to, "executionId": execution_id, "workspaceId": workspace_id, "userId": user_id, "codeAgentId": code_agent_id, "workflowExecutionId": workflow_execution_id, "nodeId": node_id, "runtime": runtime, "language": language, "isolation": isolation, "outcome": outcome, "errorType": error_type, "errorFingerprint": error_fingerprint, "model": model, "codeSha256": code_sha256, "toolCallId": tool_call_id, "conversationId": conversation_id, "replayOf": replay_of, "traceId": trace_id, "where": where, "q": q, "a": a, "b": b, "aFrom": a_from, "aTo": a_to, "bFrom": b_from, "bTo": b_to, "limit": limit},
            body=None,
            timeout=timeout,
        )

    def get_errors(
        self,
        *,
        organization: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
        execution_id: str | Sequence[str] | None = None,
        workspace_id: str | Sequence[str] | None = None,
        user_id: str | Sequence[str] | None = None,
        code_agent_id: str | Sequence[str] | None = None,
        workflow_execution_id: str | Sequence[str] | None = None,
        node_id: str | Sequence[str] | None = None,
        runtime: str | Sequence[str] | None = None,
        language: str | Sequence[str] | None = None,
        isolation: str | Sequence[str] | None = None,
        outcome: str | Sequence[str] | None = None,
        error_type: str | Sequence[str] | None = None,
        error_fingerprint: str | Sequence[str] | None = None,
        model: str | Sequence[str] | None = None,
        code_sha256: str | Sequence[str] | None = None,
        tool_call_id: str | Sequence[str] | None = None,
        conversation_id: str | Sequence[str] | None = None,
        replay_of: str | Sequence[str] | None = None,
        trace_id: str | Sequence[str] | None = None,
        where: str | Sequence[str] | None = None,
        q: str | None = None,
        limit: int | None = None,
        order: Literal["count", "lastSeen", "firstSeen"] | None = None,
        state: str | Sequence[str] | None = None,
        timeout: float | None = None,
    ) -> types.Errors:
        """Failures grouped by fingerprint."""
        return self._transport.call(
            "GET",
            "/v1/errors",
            path_values={},
            query={"organization": organization, "from": from_, "to": to, "executionId": execution_id, "workspaceId": workspace_id, "userId": user_id, "codeAgentId": code_agent_id, "workflowExecutionId": workflow_execution_id, "nodeId": node_id, "runtime": runtime, "language": language, "isolation": isolation, "outcome": outcome, "errorType": error_type, "errorFingerprint": error_fingerprint, "model": model, "codeSha256": code_sha256, "toolCallId": tool_call_id, "conversationId": conversation_id, "replayOf": replay_of, "traceId": trace_id, "where": where, "q": q, "limit": limit, "order": order, "state": state},
            body=None,
            timeout=timeout,
        )

    def change_error(
        self,
        fingerprint: str,
        *,
        organization: str | None = None,
        state: Literal["open", "resolved", "ignored"] | None = None,
        assignee: str | None | None = None,
        timeout: float | None = None,
    ) -> types.ErrorDecision:
        """Resolve, ignore, assign or reopen a group of errors."""
        return self._transport.call(
            "PATCH",
            "/v1/errors/{fingerprint}",
            path_values={"fingerprint": fingerprint},
            query={"organization": organization},
            body={"state": state, "assignee": assignee},
            timeout=timeout,
        )

    def get_facets(
        self,
        *,
        organization: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
        execution_id: str | Sequence[str] | None = None,
        workspace_id: str | Sequence[str] | None = None,
        user_id: str | Sequence[str] | None = None,
        code_agent_id: str | Sequence[str] | None = None,
        workflow_execution_id: str | Sequence[str] | None = None,
        node_id: str | Sequence[str] | None = None,
        runtime: str | Sequence[str] | None = None,
        language: str | Sequence[str] | None = None,
        isolation: str | Sequence[str] | None = None,
        outcome: str | Sequence[str] | None = None,
        error_type: str | Sequence[str] | None = None,
        error_fingerprint: str | Sequence[str] | None = None,
        model: str | Sequence[str] | None = None,
        code_sha256: str | Sequence[str] | None = None,
        tool_call_id: str | Sequence[str] | None = None,
        conversation_id: str | Sequence[str] | None = None,
        replay_of: str | Sequence[str] | None = None,
        trace_id: str | Sequence[str] | None = None,
        where: str | Sequence[str] | None = None,
        q: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> types.Facets:
        """The most frequent values of fields under a filter."""
        return self._transport.call(
            "GET",
            "/v1/facets",
            path_values={},
            query={"organization": organization, "from": from_, "to": to, "executionId": execution_id, "workspaceId": workspace_id, "userId": user_id, "codeAgentId": code_agent_id, "workflowExecutionId": workflow_execution_id, "nodeId": node_id, "runtime": runtime, "language": language, "isolation": isolation, "outcome": outcome, "errorType": error_type, "errorFingerprint": error_fingerprint, "model": model, "codeSha256": code_sha256, "toolCallId": tool_call_id, "conversationId": conversation_id, "replayOf": replay_of, "traceId": trace_id, "where": where, "q": q, "fields": fields, "limit": limit},
            body=None,
            timeout=timeout,
        )

    def get_stats(
        self,
        *,
        organization: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
        execution_id: str | Sequence[str] | None = None,
        workspace_id: str | Sequence[str] | None = None,
        user_id: str | Sequence[str] | None = None,
        code_agent_id: str | Sequence[str] | None = None,
        workflow_execution_id: str | Sequence[str] | None = None,
        node_id: str | Sequence[str] | None = None,
        runtime: str | Sequence[str] | None = None,
        language: str | Sequence[str] | None = None,
        isolation: str | Sequence[str] | None = None,
        outcome: str | Sequence[str] | None = None,
        error_type: str | Sequence[str] | None = None,
        error_fingerprint: str | Sequence[str] | None = None,
        model: str | Sequence[str] | None = None,
        code_sha256: str | Sequence[str] | None = None,
        tool_call_id: str | Sequence[str] | None = None,
        conversation_id: str | Sequence[str] | None = None,
        replay_of: str | Sequence[str] | None = None,
        trace_id: str | Sequence[str] | None = None,
        where: str | Sequence[str] | None = None,
        q: str | None = None,
        group_by: str | Sequence[str] | None = None,
        order: Literal["count", "failures", "failureRate", "duration", "memory", "cost", "tokens"] | None = None,
        limit: int | None = None,
        trend: int | None = None,
        compare: Literal["previous"] | None = None,
        timeout: float | None = None,
    ) -> types.Stats:
        """Statistics, in total and grouped by up to two fields."""
        return self._transport.call(
            "GET",
            "/v1/stats",
            path_values={},
            query={"organization": organization, "from": from_, "to": to, "executionId": execution_id, "workspaceId": workspace_id, "userId": user_id, "codeAgentId": code_agent_id, "workflowExecutionId": workflow_execution_id, "nodeId": node_id, "runtime": runtime, "language": language, "isolation": isolation, "outcome": outcome, "errorType": error_type, "errorFingerprint": error_fingerprint, "model": model, "codeSha256": code_sha256, "toolCallId": tool_call_id, "conversationId": conversation_id, "replayOf": replay_of, "traceId": trace_id, "where": where, "q": q, "groupBy": group_by, "order": order, "limit": limit, "trend": trend, "compare": compare},
            body=None,
            timeout=timeout,
        )

    def get_timeseries(
        self,
        *,
        organization: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
        execution_id: str | Sequence[str] | None = None,
        workspace_id: str | Sequence[str] | None = None,
        user_id: str | Sequence[str] | None = None,
        code_agent_id: str | Sequence[str] | None = None,
        workflow_execution_id: str | Sequence[str] | None = None,
        node_id: str | Sequence[str] | None = None,
        runtime: str | Sequence[str] | None = None,
        language: str | Sequence[str] | None = None,
        isolation: str | Sequence[str] | None = None,
        outcome: str | Sequence[str] | None = None,
        error_type: str | Sequence[str] | None = None,
        error_fingerprint: str | Sequence[str] | None = None,
        model: str | Sequence[str] | None = None,
        code_sha256: str | Sequence[str] | None = None,
        tool_call_id: str | Sequence[str] | None = None,
        conversation_id: str | Sequence[str] | None = None,
        replay_of: str | Sequence[str] | None = None,
        trace_id: str | Sequence[str] | None = None,
        where: str | Sequence[str] | None = None,
        q: str | None = None,
        bucket_seconds: int | None = None,
        timeout: float | None = None,
    ) -> types.Timeseries:
        """Statistics over time."""
        return self._transport.call(
            "GET",
            "/v1/stats/timeseries",
            path_values={},
            query={"organization": organization, "from": from_, "to": to, "executionId": execution_id, "workspaceId": workspace_id, "userId": user_id, "codeAgentId": code_agent_id, "workflowExecutionId": workflow_execution_id, "nodeId": node_id, "runtime": runtime, "language": language, "isolation": isolation, "outcome": outcome, "errorType": error_type, "errorFingerprint": error_fingerprint, "model": model, "codeSha256": code_sha256, "toolCallId": tool_call_id, "conversationId": conversation_id, "replayOf": replay_of, "traceId": trace_id, "where": where, "q": q, "bucketSeconds": bucket_seconds},
            body=None,
            timeout=timeout,
        )

    def get_distribution(
        self,
        *,
        organization: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
        execution_id: str | Sequence[str] | None = None,
        workspace_id: str | Sequence[str] | None = None,
        user_id: str | Sequence[str] | None = None,
        code_agent_id: str | Sequence[str] | None = None,
        workflow_execution_id: str | Sequence[str] | None = None,
        node_id: str | Sequence[str] | None = None,
        runtime: str | Sequence[str] | None = None,
        language: str | Sequence[str] | None = None,
        isolation: str | Sequence[str] | None = None,
        outcome: str | Sequence[str] | None = None,
        error_type: str | Sequence[str] | None = None,
        error_fingerprint: str | Sequence[str] | None = None,
        model: str | Sequence[str] | None = None,
        code_sha256: str | Sequence[str] | None = None,
        tool_call_id: str | Sequence[str] | None = None,
        conversation_id: str | Sequence[str] | None = None,
        replay_of: str | Sequence[str] | None = None,
        trace_id: str | Sequence[str] | None = None,
        where: str | Sequence[str] | None = None,
        q: str | None = None,
        bucket_seconds: int | None = None,
        measure: Literal["durationMs", "queueMs", "startupMs", "cpuMs", "memoryPeakBytes"] | None = None,
        timeout: float | None = None,
    ) -> types.MeasureDistribution:
        """Histogram of a measure, and the same over time."""
        return self._transport.call(
            "GET",
            "/v1/stats/distribution",
            path_values={},
            query={"organization": organization, "from": from_, "to": to, "executionId": execution_id, "workspaceId": workspace_id, "userId": user_id, "codeAgentId": code_agent_id, "workflowExecutionId": workflow_execution_id, "nodeId": node_id, "runtime": runtime, "language": language, "isolation": isolation, "outcome": outcome, "errorType": error_type, "errorFingerprint": error_fingerprint, "model": model, "codeSha256": code_sha256, "toolCallId": tool_call_id, "conversationId": conversation_id, "replayOf": replay_of, "traceId": trace_id, "where": where, "q": q, "bucketSeconds": bucket_seconds, "measure": measure},
            body=None,
            timeout=timeout,
        )

    def get_agent_logs(
        self,
        id: str,
        *,
        organization: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
        execution_id: str | Sequence[str] | None = None,
        workspace_id: str | Sequence[str] | None = None,
        user_id: str | Sequence[str] | None = None,
        workflow_execution_id: str | Sequence[str] | None = None,
        node_id: str | Sequence[str] | None = None,
        runtime: str | Sequence[str] | None = None,
        language: str | Sequence[str] | None = None,
        isolation: str | Sequence[str] | None = None,
        outcome: str | Sequence[str] | None = None,
        error_type: str | Sequence[str] | None = None,
        error_fingerprint: str | Sequence[str] | None = None,
        model: str | Sequence[str] | None = None,
        code_sha256: str | Sequence[str] | None = None,
        tool_call_id: str | Sequence[str] | None = None,
        conversation_id: str | Sequence[str] | None = None,
        replay_of: str | Sequence[str] | None = None,
        trace_id: str | Sequence[str] | None = None,
        where: str | Sequence[str] | None = None,
        q: str | None = None,
        order: Literal["newest", "duration", "memory", "cost"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        fields: str | None = None,
        timeout: float | None = None,
    ) -> types.ExecutionPage:
        """Executions of an agent, newest first."""
        return self._transport.call(
            "GET",
            "/v1/agents/{id}/logs",
            path_values={"id": id},
            query={"organization": organization, "from": from_, "to": to, "executionId": execution_id, "workspaceId": workspace_id, "userId": user_id, "workflowExecutionId": workflow_execution_id, "nodeId": node_id, "runtime": runtime, "language": language, "isolation": isolation, "outcome": outcome, "errorType": error_type, "errorFingerprint": error_fingerprint, "model": model, "codeSha256": code_sha256, "toolCallId": tool_call_id, "conversationId": conversation_id, "replayOf": replay_of, "traceId": trace_id, "where": where, "q": q, "order": order, "limit": limit, "cursor": cursor, "fields": fields},
            body=None,
            timeout=timeout,
        )

    def compare_versions(
        self,
        id: str,
        *,
        a: str,
        b: str,
        organization: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
        timeout: float | None = None,
    ) -> types.VersionComparison:
        """Two versions of an agent, with confidence intervals."""
        return self._transport.call(
            "GET",
            "/v1/agents/{id}/versions/compare",
            path_values={"id": id},
            query={"organization": organization, "from": from_, "to": to, "a": a, "b": b},
            body=None,
            timeout=timeout,
        )

    def get_agent_stats(
        self,
        id: str,
        *,
        organization: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
        compare: Literal["previous"] | None = None,
        timeout: float | None = None,
    ) -> types.AgentStats:
        """Statistics of an agent."""
        return self._transport.call(
            "GET",
            "/v1/agents/{id}/stats",
            path_values={"id": id},
            query={"organization": organization, "from": from_, "to": to, "compare": compare},
            body=None,
            timeout=timeout,
        )

    def list_workflow_executions(
        self,
        *,
        organization: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
        execution_id: str | Sequence[str] | None = None,
        workspace_id: str | Sequence[str] | None = None,
        user_id: str | Sequence[str] | None = None,
        code_agent_id: str | Sequence[str] | None = None,
        workflow_execution_id: str | Sequence[str] | None = None,
        node_id: str | Sequence[str] | None = None,
        runtime: str | Sequence[str] | None = None,
        language: str | Sequence[str] | None = None,
        isolation: str | Sequence[str] | None = None,
        outcome: str | Sequence[str] | None = None,
        error_type: str | Sequence[str] | None = None,
        error_fingerprint: str | Sequence[str] | None = None,
        model: str | Sequence[str] | None = None,
        code_sha256: str | Sequence[str] | None = None,
        tool_call_id: str | Sequence[str] | None = None,
        conversation_id: str | Sequence[str] | None = None,
        replay_of: str | Sequence[str] | None = None,
        trace_id: str | Sequence[str] | None = None,
        where: str | Sequence[str] | None = None,
        q: str | None = None,
        state: str | Sequence[str] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> types.WorkflowExecutionPage:
        """Runs of workflows with state and totals, newest first."""
        return self._transport.call(
            "GET",
            "/v1/workflow-executions",
            path_values={},
            query={"organization": organization, "from": from_, "to": to, "executionId": execution_id, "workspaceId": workspace_id, "userId": user_id, "codeAgentId": code_agent_id, "workflowExecutionId": workflow_execution_id, "nodeId": node_id, "runtime": runtime, "language": language, "isolation": isolation, "outcome": outcome, "errorType": error_type, "errorFingerprint": error_fingerprint, "model": model, "codeSha256": code_sha256, "toolCallId": tool_call_id, "conversationId": conversation_id, "replayOf": replay_of, "traceId": trace_id, "where": where, "q": q, "state": state, "limit": limit, "cursor": cursor},
            body=None,
            timeout=timeout,
        )

    def get_workflow_execution_logs(
        self,
        id: str,
        *,
        organization: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
        execution_id: str | Sequence[str] | None = None,
        workspace_id: str | Sequence[str] | None = None,
        user_id: str | Sequence[str] | None = None,
        code_agent_id: str | Sequence[str] | None = None,
        node_id: str | Sequence[str] | None = None,
        runtime: str | Sequence[str] | None = None,
        language: str | Sequence[str] | None = None,
        isolation: str | Sequence[str] | None = None,
        outcome: str | Sequence[str] | None = None,
        error_type: str | Sequence[str] | None = None,
        error_fingerprint: str | Sequence[str] | None = None,
        model: str | Sequence[str] | None = None,
        code_sha256: str | Sequence[str] | None = None,
        tool_call_id: str | Sequence[str] | None = None,
        conversation_id: str | Sequence[str] | None = None,
        replay_of: str | Sequence[str] | None = None,
        trace_id: str | Sequence[str] | None = None,
        where: str | Sequence[str] | None = None,
        q: str | None = None,
        order: Literal["newest", "duration", "memory", "cost"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        fields: str | None = None,
        timeout: float | None = None,
    ) -> types.ExecutionPage:
        """Executions of one run of a workflow, newest first."""
        return self._transport.call(
            "GET",
            "/v1/workflow-executions/{id}/logs",
            path_values={"id": id},
            query={"organization": organization, "from": from_, "to": to, "executionId": execution_id, "workspaceId": workspace_id, "userId": user_id, "codeAgentId": code_agent_id, "nodeId": node_id, "runtime": runtime, "language": language, "isolation": isolation, "outcome": outcome, "errorType": error_type, "errorFingerprint": error_fingerprint, "model": model, "codeSha256": code_sha256, "toolCallId": tool_call_id, "conversationId": conversation_id, "replayOf": replay_of, "traceId": trace_id, "where": where, "q": q, "order": order, "limit": limit, "cursor": cursor, "fields": fields},
            body=None,
            timeout=timeout,
        )

    def get_workflow_execution(
        self,
        id: str,
        *,
        organization: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
        timeout: float | None = None,
    ) -> types.WorkflowExecution:
        """One run of a workflow: totals, nodes with their attempts, spans."""
        return self._transport.call(
            "GET",
            "/v1/workflow-executions/{id}",
            path_values={"id": id},
            query={"organization": organization, "from": from_, "to": to},
            body=None,
            timeout=timeout,
        )

    def get_trace(
        self,
        id: str,
        *,
        organization: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
        timeout: float | None = None,
    ) -> types.Trace:
        """Spans and executions of a trace as a tree."""
        return self._transport.call(
            "GET",
            "/v1/traces/{id}",
            path_values={"id": id},
            query={"organization": organization, "from": from_, "to": to},
            body=None,
            timeout=timeout,
        )

    def list_runtimes(
        self,
        *,
        timeout: float | None = None,
    ) -> types.ListRuntimesReply:
        """Runtimes, whether each is ready, and what is missing."""
        return self._transport.call(
            "GET",
            "/v1/runtimes",
            path_values={},
            query={},
            body=None,
            timeout=timeout,
        )

    def get_sql_schema(
        self,
        *,
        timeout: float | None = None,
    ) -> types.SqlSchema:
        """The tables that SQL reads: columns with types, units and meaning, and three queries for each."""
        return self._transport.call(
            "GET",
            "/v1/sql/schema",
            path_values={},
            query={},
            body=None,
            timeout=timeout,
        )

    def run_sql(
        self,
        *,
        query: str,
        from_: str | None = None,
        to: str | None = None,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.SqlAnswer:
        """Query the store in ClickHouse SQL, read-only: the key's own rows; an administrator's key reads all."""
        return self._transport.call(
            "POST",
            "/v1/sql",
            path_values={},
            query={},
            body={"query": query, "from": from_, "to": to, "organization": organization},
            timeout=timeout,
        )

    def list_keys(
        self,
        *,
        organization: str | None = None,
        revoked: Literal["with", "without"] | None = None,
        timeout: float | None = None,
    ) -> types.ListKeysReply:
        """API keys, newest first, at most 1000."""
        return self._transport.call(
            "GET",
            "/v1/keys",
            path_values={},
            query={"organization": organization, "revoked": revoked},
            body=None,
            timeout=timeout,
        )

    def create_key(
        self,
        *,
        name: str,
        scopes: list[Literal["execute", "read", "write", "admin"]] | None = None,
        organization_id: str | None = None,
        workspace_id: str | None = None,
        expires_at: str | None = None,
        timeout: float | None = None,
    ) -> types.NewKey:
        """Make an API key."""
        return self._transport.call(
            "POST",
            "/v1/keys",
            path_values={},
            query={},
            body={"name": name, "scopes": scopes, "organizationId": organization_id, "workspaceId": workspace_id, "expiresAt": expires_at},
            timeout=timeout,
        )

    def revoke_key(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> types.Key:
        """Revoke an API key: here at once, in other processes within a second."""
        return self._transport.call(
            "DELETE",
            "/v1/keys/{id}",
            path_values={"id": id},
            query={},
            body=None,
            timeout=timeout,
        )

    def list_audit(
        self,
        *,
        organization: str | None = None,
        action: Literal["key.create", "key.adopt", "key.revoke", "error.resolve", "error.ignore", "error.assign", "error.reopen", "alert.rule.create", "alert.rule.change", "alert.rule.delete", "alert.acknowledge", "alert.resolve", "alert.silence", "alert.unsilence", "alert.channel.create", "alert.channel.change", "alert.channel.delete", "content.link", "budget.set", "budget.delete", "registry.namespace.create", "registry.namespace.offer", "registry.namespace.accept", "registry.namespace.decline", "registry.publish", "registry.fork", "registry.change", "registry.deprecate", "registry.yank", "registry.restore", "registry.tag", "registry.untag", "registry.review", "registry.install", "registry.uninstall", "registry.report", "registry.report.resolve", "registry.key.create", "registry.key.revoke"] | None = None,
        subject: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> types.ListAuditReply:
        """Changes of keys and states, newest first: who, what, when and from where."""
        return self._transport.call(
            "GET",
            "/v1/audit",
            path_values={},
            query={"organization": organization, "action": action, "subject": subject, "limit": limit, "cursor": cursor},
            body=None,
            timeout=timeout,
        )

    def search_agents(
        self,
        *,
        organization: str | None = None,
        q: str | None = None,
        topic: str | None = None,
        language: Literal["javascript", "typescript", "python", "bash"] | None = None,
        runtime: Literal["vm2", "subprocess", "wasmedge", "e2b", "bacalhau"] | None = None,
        license: str | None = None,
        namespace: str | None = None,
        owner: Literal["any", "own"] | None = None,
        sort: Literal["relevance", "newest", "runs", "success", "cost", "latency", "trend"] | None = None,
        limit: int | None = None,
        facets: Literal["none", "counted"] | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> types.SearchAgentsReply:
        """Code agents that this key may see, by words, topics, language, runtime and licence, best first."""
        return self._transport.call(
            "GET",
            "/v1/registry/agents",
            path_values={},
            query={"organization": organization, "q": q, "topic": topic, "language": language, "runtime": runtime, "license": license, "namespace": namespace, "owner": owner, "sort": sort, "limit": limit, "facets": facets, "cursor": cursor},
            body=None,
            timeout=timeout,
        )

    def publish_agent(
        self,
        *,
        definition: types.PublishAgentDefinition,
        organization: str | None = None,
        visibility: Literal["private", "workspace", "organization", "public"] | None = None,
        workspace_id: str | None = None,
        signature: dict[str, Any] | None = None,
        timeout: float | None = None,
    ) -> types.AgentVersion:
        """Publish a version of a code agent, which never changes; a namespace without owner becomes yours."""
        return self._transport.call(
            "POST",
            "/v1/registry/agents",
            path_values={},
            query={"organization": organization},
            body={"visibility": visibility, "workspaceId": workspace_id, "signature": signature, "definition": definition},
            timeout=timeout,
        )

    def get_agent(
        self,
        namespace: str,
        name: str,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.RegistryAgent:
        """A code agent: its versions with their figures, its tags, its origin."""
        return self._transport.call(
            "GET",
            "/v1/registry/agents/{namespace}/{name}",
            path_values={"namespace": namespace, "name": name},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def change_agent(
        self,
        namespace: str,
        name: str,
        *,
        visibility: Literal["private", "workspace", "organization", "public"],
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.RegistryAgent:
        """Change who sees a code agent."""
        return self._transport.call(
            "PATCH",
            "/v1/registry/agents/{namespace}/{name}",
            path_values={"namespace": namespace, "name": name},
            query={"organization": organization},
            body={"visibility": visibility},
            timeout=timeout,
        )

    def get_agent_version(
        self,
        namespace: str,
        name: str,
        version: str,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.AgentVersion:
        """A version of a code agent with its definition, by number, range or tag."""
        return self._transport.call(
            "GET",
            "/v1/registry/agents/{namespace}/{name}/versions/{version}",
            path_values={"namespace": namespace, "name": name, "version": version},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def fork_agent(
        self,
        namespace: str,
        name: str,
        *,
        to: str,
        organization: str | None = None,
        selector: str | None = None,
        version: str | None = None,
        visibility: Literal["private", "workspace", "organization", "public"] | None = None,
        workspace_id: str | None = None,
        timeout: float | None = None,
    ) -> types.AgentVersion:
        """Copy a version into a namespace of yours."""
        return self._transport.call(
            "POST",
            "/v1/registry/agents/{namespace}/{name}/fork",
            path_values={"namespace": namespace, "name": name},
            query={"organization": organization},
            body={"to": to, "selector": selector, "version": version, "visibility": visibility, "workspaceId": workspace_id},
            timeout=timeout,
        )

    def change_agent_status(
        self,
        namespace: str,
        name: str,
        *,
        status: Literal["active", "deprecated", "yanked"],
        organization: str | None = None,
        version: str | None | None = None,
        reason: str | None | None = None,
        timeout: float | None = None,
    ) -> types.RegistryAgent:
        """Deprecate or yank a version, or take that back."""
        return self._transport.call(
            "POST",
            "/v1/registry/agents/{namespace}/{name}/status",
            path_values={"namespace": namespace, "name": name},
            query={"organization": organization},
            body={"version": version, "status": status, "reason": reason},
            timeout=timeout,
        )

    def put_agent_tag(
        self,
        namespace: str,
        name: str,
        tag: str,
        *,
        version: str,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.RegistryAgent:
        """Put a tag on a version."""
        return self._transport.call(
            "PUT",
            "/v1/registry/agents/{namespace}/{name}/tags/{tag}",
            path_values={"namespace": namespace, "name": name, "tag": tag},
            query={"organization": organization},
            body={"version": version},
            timeout=timeout,
        )

    def delete_agent_tag(
        self,
        namespace: str,
        name: str,
        tag: str,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.RegistryAgent:
        """Remove a tag."""
        return self._transport.call(
            "DELETE",
            "/v1/registry/agents/{namespace}/{name}/tags/{tag}",
            path_values={"namespace": namespace, "name": name, "tag": tag},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def review_agent(
        self,
        namespace: str,
        name: str,
        *,
        version: str,
        decision: Literal["approved", "refused"],
        organization: str | None = None,
        reason: str | None | None = None,
        timeout: float | None = None,
    ) -> types.RegistryAgent:
        """Approve a version for every organization, or refuse it; for administrators of the installation."""
        return self._transport.call(
            "POST",
            "/v1/registry/agents/{namespace}/{name}/review",
            path_values={"namespace": namespace, "name": name},
            query={"organization": organization},
            body={"version": version, "decision": decision, "reason": reason},
            timeout=timeout,
        )

    def report_agent(
        self,
        namespace: str,
        name: str,
        *,
        kind: Literal["malicious", "broken", "misleading", "licence", "other"],
        message: str,
        organization: str | None = None,
        version: str | None = None,
        timeout: float | None = None,
    ) -> types.AgentReport:
        """Report a code agent to the administrators of the installation."""
        return self._transport.call(
            "POST",
            "/v1/registry/agents/{namespace}/{name}/reports",
            path_values={"namespace": namespace, "name": name},
            query={"organization": organization},
            body={"kind": kind, "message": message, "version": version},
            timeout=timeout,
        )

    def list_installed_agents(
        self,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.ListInstalledAgentsReply:
        """What the organization or workspace has installed, and what there is to update."""
        return self._transport.call(
            "GET",
            "/v1/registry/installed",
            path_values={},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def install_agent(
        self,
        *,
        agent: str,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.AgentInstall:
        """Install what a reference stands for; again, move to what it stands for then."""
        return self._transport.call(
            "PUT",
            "/v1/registry/installed",
            path_values={},
            query={"organization": organization},
            body={"agent": agent},
            timeout=timeout,
        )

    def uninstall_agent(
        self,
        namespace: str,
        name: str,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.UninstallAgentReply:
        """Remove an installed agent."""
        return self._transport.call(
            "DELETE",
            "/v1/registry/installed/{namespace}/{name}",
            path_values={"namespace": namespace, "name": name},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def list_agent_namespaces(
        self,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.ListAgentNamespacesReply:
        """Namespaces of the organization, those that are offered to it, and those it gave away."""
        return self._transport.call(
            "GET",
            "/v1/registry/namespaces",
            path_values={},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def create_agent_namespace(
        self,
        *,
        name: str,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.AgentNamespace:
        """Make a namespace: it belongs to the first organization that asks."""
        return self._transport.call(
            "POST",
            "/v1/registry/namespaces",
            path_values={},
            query={"organization": organization},
            body={"name": name},
            timeout=timeout,
        )

    def offer_agent_namespace(
        self,
        namespace: str,
        *,
        to: str | None,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.AgentNamespace:
        """Offer a namespace with its agents to another organization, or take the offer back."""
        return self._transport.call(
            "POST",
            "/v1/registry/namespaces/{namespace}/offer",
            path_values={"namespace": namespace},
            query={"organization": organization},
            body={"to": to},
            timeout=timeout,
        )

    def accept_agent_namespace(
        self,
        namespace: str,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.AgentNamespace:
        """Take over a namespace that is offered."""
        return self._transport.call(
            "POST",
            "/v1/registry/namespaces/{namespace}/accept",
            path_values={"namespace": namespace},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def decline_agent_namespace(
        self,
        namespace: str,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.AgentNamespace:
        """Decline a namespace that is offered."""
        return self._transport.call(
            "POST",
            "/v1/registry/namespaces/{namespace}/decline",
            path_values={"namespace": namespace},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def list_signing_keys(
        self,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.ListSigningKeysReply:
        """Public keys of the organization, which signatures of versions are verified with."""
        return self._transport.call(
            "GET",
            "/v1/registry/keys",
            path_values={},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def add_signing_key(
        self,
        *,
        name: str,
        public_key: str,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.SigningKey:
        """Register a public key."""
        return self._transport.call(
            "POST",
            "/v1/registry/keys",
            path_values={},
            query={"organization": organization},
            body={"name": name, "publicKey": public_key},
            timeout=timeout,
        )

    def revoke_signing_key(
        self,
        id: str,
        *,
        organization: str | None = None,
        timeout: float | None = None,
    ) -> types.SigningKey:
        """Revoke a public key: signatures by it are valid no longer."""
        return self._transport.call(
            "DELETE",
            "/v1/registry/keys/{id}",
            path_values={"id": id},
            query={"organization": organization},
            body=None,
            timeout=timeout,
        )

    def list_agent_reviews(
        self,
        *,
        timeout: float | None = None,
    ) -> types.ListAgentReviewsReply:
        """Versions that wait for a review; for administrators of the installation."""
        return self._transport.call(
            "GET",
            "/v1/registry/reviews",
            path_values={},
            query={},
            body=None,
            timeout=timeout,
        )

    def list_agent_reports(
        self,
        *,
        organization: str | None = None,
        state: Literal["open", "resolved", "any"] | None = None,
        timeout: float | None = None,
    ) -> types.ListAgentReportsReply:
        """Reports that the organization has made; for administrators of the installation all."""
        return self._transport.call(
            "GET",
            "/v1/registry/reports",
            path_values={},
            query={"organization": organization, "state": state},
            body=None,
            timeout=timeout,
        )

    def resolve_agent_report(
        self,
        id: str,
        *,
        resolution: str,
        timeout: float | None = None,
    ) -> types.AgentReport:
        """Close a report with what came of it; for administrators of the installation."""
        return self._transport.call(
            "POST",
            "/v1/registry/reports/{id}/resolve",
            path_values={"id": id},
            query={},
            body={"resolution": resolution},
            timeout=timeout,
        )
