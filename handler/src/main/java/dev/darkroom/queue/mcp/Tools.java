package dev.darkroom.queue.mcp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.http.JobCall;
import dev.darkroom.queue.http.JobCalls;
import dev.darkroom.queue.http.ModelReport;
import io.quarkiverse.mcp.server.Cancellation.OperationCancellationException;
import io.quarkiverse.mcp.server.TextContent;
import io.quarkiverse.mcp.server.ToolManager;
import io.quarkiverse.mcp.server.ToolManager.ToolAnnotations;
import io.quarkiverse.mcp.server.ToolManager.ToolArguments;
import io.quarkiverse.mcp.server.ToolResponse;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;

/** The tools: {@code generate_image}, {@code edit_image} and {@code list_models}. */
@Singleton
final class Tools {
    private final ToolManager tools;
    private final PayloadReader reader;
    private final JobCalls calls;
    private final ModelReport models;
    private final OwnPictures own;
    private final CurrentVertxRequest current;

    Tools(
            ToolManager tools,
            PayloadReader reader,
            JobCalls calls,
            ModelReport models,
            OwnPictures own,
            CurrentVertxRequest current) {
        this.tools = tools;
        this.reader = reader;
        this.calls = calls;
        this.models = models;
        this.own = own;
        this.current = current;
    }

    void register(@Observes StartupEvent event) {
        var makes = new ToolAnnotations(null, false, false, false, true);
        tools.newTool("generate_image")
                .setTitle("Generate an image")
                .setDescription("Draws pictures from words. The same seed with the same fields gives the same picture.")
                .setInputSchema(schema(ToolSchemas.generate(reader)))
                .setAnnotations(makes)
                .setHandler(arguments -> draw(arguments, false), true)
                .register();
        tools.newTool("edit_image")
                .setTitle("Edit an image")
                .setDescription(
                        "Draws pictures from others and words: edits one, starts from one, or paints within a mask."
                                + " The address of an earlier result is a picture too.")
                .setInputSchema(schema(ToolSchemas.edit(reader)))
                .setAnnotations(makes)
                .setHandler(arguments -> draw(arguments, true), true)
                .register();
        tools.newTool("list_models")
                .setTitle("List the models")
                .setDescription("Lists the models of this worker, the default first, with what each can do.")
                .setInputSchema(schema(ToolSchemas.nothing()))
                .setAnnotations(new ToolAnnotations(null, true, false, true, false))
                .setHandler(arguments -> list(), true)
                .register();
    }

    private static JsonObject schema(ObjectNode schema) {
        return new JsonObject(ToolAnswer.asMap(schema));
    }

    private ToolResponse draw(ToolArguments arguments, boolean withPictures) {
        RoutingContext request = current.getCurrent();
        String as = own.areUsual() ? "auto" : "base64";
        try (JobCall job = calls.begin(new ToolInput(reader).job(arguments.args(), withPictures, as), null)) {
            var call = new ToolCall(job, arguments.progress(), arguments.cancellation(), request.response());
            return ToolAnswer.of(call.outcome(), own);
        } catch (OperationCancellationException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ToolResponse.error("the worker is stopping: try again");
        } catch (RuntimeException e) {
            return ToolResponse.error(JobCalls.reason(request, e));
        }
    }

    private ToolResponse list() {
        ObjectNode list = JobJson.object();
        ArrayNode all = list.putArray("models");
        models.now().forEach(model -> all.add(described(model)));
        return new ToolResponse(false, List.of(new TextContent(list.toString())), ToolAnswer.asMap(list), null);
    }

    private static ObjectNode described(ModelReport.Model model) {
        ObjectNode node = JobJson.object().put("name", model.name());
        ArrayNode tasks = node.putArray("can");
        model.tasks().keySet().forEach(task -> tasks.add(task.word()));
        return node;
    }
}
