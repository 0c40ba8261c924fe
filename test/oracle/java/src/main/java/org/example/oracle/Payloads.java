package org.example.oracle;

import java.util.Map;
import java.util.function.Consumer;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.MessagePayload;
import org.apache.pulsar.client.api.MessagePayloadContext;
import org.apache.pulsar.client.api.MessagePayloadProcessor;
import org.apache.pulsar.client.api.Schema;

/** Processors of payloads, and classes that look like them. */
public class Payloads {
    /** Takes settings, and does without. */
    public static class Plain implements MessagePayloadProcessor {
        public Plain() {
        }

        public Plain(Map<String, Object> config) {
        }

        @Override
        public <T> void process(MessagePayload payload, MessagePayloadContext context, Schema<T> schema,
                Consumer<Message<T>> consumer) throws Exception {
            MessagePayloadProcessor.DEFAULT.process(payload, context, schema, consumer);
        }
    }

    /** Does without settings only. */
    public static class NoSettings extends Plain {
        public NoSettings() {
        }
    }

    /** Has no constructor that a worker knows. */
    public static class NeedsNumber extends Plain {
        public NeedsNumber(int size) {
        }
    }

    /** Says nothing of being a processor. */
    public static class NoInterface {
    }
}
