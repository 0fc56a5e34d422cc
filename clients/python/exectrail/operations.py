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
        runtime: Literal["vm2", "subprocess", "wasmedge", "e2b", "bacalhau"],
        language: Literal["javascript", "typescript", "python", "bash"],
        code: str,
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
        timeout: float | None = None,
    ) -> types.ExecutionResult | types.RunningExecution:
        """Run code once; with `Prefer: respond-async` begin it and answer at once."""
        return self._transport.call(
            "POST",
            "/v1/executions",
            path_values={},
            query={},
            body={"runtime": runtime, "language": language, "code": code, "input": input, "limits": limits, "context": context, "env": env, "files": files, "network": network, "policy": policy, "inputSchema": input_schema, "outputSchema": output_schema, "usage": usage, "attempt": attempt, "idempotencyKey": idempotency_key},
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
    ) -> types.ExecutionResult:
        """Run an execution again, as it was or with changes."""
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
        """One execution, whole."""
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
        compare: Literal["previous"] | None = None,
        timeout: float | None = None,
    ) -> types.Stats:
        """Statistics, in total and grouped by up to two fields."""
        return self._transport.call(
            "GET",
            "/v1/stats",
            path_values={},
            query={"organization": organization, "from": from_, "to": to, "executionId": execution_id, "workspaceId": workspace_id, "userId": user_id, "codeAgentId": code_agent_id, "workflowExecutionId": workflow_execution_id, "nodeId": node_id, "runtime": runtime, "language": language, "isolation": isolation, "outcome": outcome, "errorType": error_type, "errorFingerprint": error_fingerprint, "model": model, "codeSha256": code_sha256, "toolCallId": tool_call_id, "conversationId": conversation_id, "replayOf": replay_of, "traceId": trace_id, "where": where, "q": q, "groupBy": group_by, "order": order, "limit": limit, "compare": compare},
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
        action: Literal["key.create", "key.adopt", "key.revoke", "error.resolve", "error.ignore", "error.assign", "error.reopen"] | None = None,
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
