package dev.darkroom.queue.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.JobJson;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The JSON of an error, as the clients of each door read it. */
enum ErrorShape {
    /** RunPod's: {@code {"error": …}}. */
    PLAIN {
        @Override
        ObjectNode body(int status, String reason) {
            return JobJson.object().put("error", reason);
        }
    },
    /** OpenAI's: {@code {"error": {"message", "type", "param", "code"}}}. */
    OPENAI {
        @Override
        ObjectNode body(int status, String reason) {
            ObjectNode body = JobJson.object();
            Matcher fault = FIELD.matcher(reason);
            String field = fault.matches() ? fault.group(1) : null;
            body.putObject("error")
                    .put("message", reason)
                    .put("type", type(status))
                    .put("param", field)
                    .put("code", code(status, field, reason));
            return body;
        }

        private static String type(int status) {
            return switch (status) {
                case 401 -> "authentication_error";
                case 403 -> "permission_error";
                case 429 -> "rate_limit_error";
                default -> status < 500 ? "invalid_request_error" : "server_error";
            };
        }

        private static @Nullable String code(int status, @Nullable String field, String reason) {
            return switch (status) {
                case 400 -> field == null ? null : codeOfFault(reason);
                case 401 -> "invalid_api_key";
                case 404 -> "model".equals(field) ? "model_not_found" : "not_found";
                case 429 -> "rate_limit_exceeded";
                default -> null;
            };
        }

        private static String codeOfFault(String reason) {
            String rule = reason.substring(reason.indexOf(": ") + 2);
            if (rule.startsWith("is missing")) {
                return "missing_required_parameter";
            }
            return rule.startsWith("is no field of") ? "unknown_parameter" : "invalid_value";
        }
    },
    /** That of stable-diffusion-webui: {@code {"error", "detail", "body", "errors"}}. */
    SDAPI {
        @Override
        ObjectNode body(int status, String reason) {
            return JobJson.object()
                    .put("error", status < 500 ? "HTTPException" : "Error")
                    .put("detail", reason)
                    .put("body", "")
                    .put("errors", reason);
        }
    };

    private static final Pattern FIELD = Pattern.compile("([A-Za-z0-9_.\\[\\]-]{1,80}): .*", Pattern.DOTALL);

    /** Returns the shape for a path, in whatever spelling it was sent, also one that leads nowhere. */
    static ErrorShape at(@Nullable String path) {
        String canonical = ApiPath.canonical(path).orElse(String.valueOf(path));
        if (canonical.startsWith("/v1/")) {
            return OPENAI;
        }
        return canonical.startsWith("/sdapi/") ? SDAPI : PLAIN;
    }

    /** Builds the body of an error. */
    abstract ObjectNode body(int status, String reason);
}
