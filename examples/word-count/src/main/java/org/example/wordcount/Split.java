package org.example.wordcount;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.Schema;
import org.apache.pulsar.functions.api.Context;
import org.apache.pulsar.functions.api.Function;
import org.apache.pulsar.functions.api.Record;

/**
 * Cuts a sentence into words and publishes each of them, with the word as the message key: the same word
 * always goes to the same partition, so it is always counted in order.
 *
 * <p>Each word carries two properties that say where it comes from. They are the same when a sentence is
 * processed twice, so a reader can tell a duplicate from a word that occurs twice:
 *
 * <ul>
 *   <li>{@code sentence}: the sentence's own property {@code id}, else its message id
 *   <li>{@code index}: the position of the word in the sentence, from 0
 * </ul>
 *
 * <p>User config: {@code lowercase} (false) makes "The" and "the" the same word.
 */
public class Split implements Function<String, CompletableFuture<String>> {

    @Override
    public CompletableFuture<String> process(String sentence, Context context) throws Exception {
        boolean lowercase = Boolean.parseBoolean(
                String.valueOf(context.getUserConfigValueOrDefault("lowercase", false)));
        String id = identity(context.getCurrentRecord());

        List<String> words = Words.of(sentence);
        List<CompletableFuture<MessageId>> sent = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = lowercase ? words.get(i).toLowerCase(Locale.ROOT) : words.get(i);
            if (word.isEmpty()) {
                continue;
            }
            sent.add(context.newOutputMessage(context.getOutputTopic(), Schema.STRING)
                    .key(word)
                    .value(word)
                    .property("sentence", id)
                    // The position before empty words are left out: another version of Words must
                    // not give the same word another identity.
                    .property("index", Integer.toString(i))
                    .sendAsync());
        }
        // Pulsar acknowledges the sentence when this future is done, not before: if one of the words cannot
        // be stored, the future fails and the sentence comes again. That is what "at least once" rests on.
        // Null: the output is published already. The declared type String tells what is on the output topic.
        return CompletableFuture.allOf(sent.toArray(new CompletableFuture<?>[0])).thenApply(done -> null);
    }

    private static String identity(Record<?> record) {
        String id = record.getProperties().get("id");
        if (id != null) {
            return id;
        }
        // ledger:entry:partition and, where a producer put several sentences into one entry, :index in it.
        return record.getMessage().map(message -> message.getMessageId().toString()).orElse("unknown");
    }
}
