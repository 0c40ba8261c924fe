class F:
    def process(self, input, context):
        return input
