package org.example.loss;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.apache.pulsar.functions.api.Record;
import org.apache.pulsar.io.core.Sink;
import org.apache.pulsar.io.core.SinkContext;

/** Appends each text as a line to a file, and acknowledges it only then. */
public class Collector implements Sink<String> {

    private Path file;

    @Override
    public void open(Map<String, Object> config, SinkContext context) {
        file = Path.of(String.valueOf(config.get("file")));
    }

    @Override
    public void write(Record<String> record) throws Exception {
        byte[] line = (record.getValue() + "\n").getBytes(StandardCharsets.UTF_8);
        Files.write(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        record.ack();
    }

    @Override
    public void close() {
    }
}
