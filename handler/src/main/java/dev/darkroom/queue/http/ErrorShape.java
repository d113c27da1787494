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
            body.putObject("error")
                    .put("message", reason)
                    .put("type", type(status))
                    .put("param", fault.matches() ? fault.group(1) : null)
                    .put("code", code(status));
            return body;
        }

        private static String type(int status) {
            return switch (status) {
                case 429 -> "rate_limit_error";
                default -> status < 500 ? "invalid_request_error" : "server_error";
            };
        }

        private static @Nullable String code(int status) {
            return switch (status) {
                case 401 -> "invalid_api_key";
                case 404 -> "not_found";
                case 429 -> "rate_limit_exceeded";
                default -> null;
            };
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

    /** Returns the shape for a path, in whatever spelling it was sent. */
    static ErrorShape at(@Nullable String path) {
        String canonical = ApiPath.canonical(path).orElse("");
        if (canonical.startsWith("/v1/")) {
            return OPENAI;
        }
        return canonical.startsWith("/sdapi/") ? SDAPI : PLAIN;
    }

    /** Builds the body of an error. */
    abstract ObjectNode body(int status, String reason);
}
